import t from 'tap'
import { startMicros } from '../../bridge/model/span-batch.ts'
import { candidatesOf } from '../../src/blocks/candidates.ts'
import { HashSet } from '../../src/blocks/hash-set.ts'
import { planQuery } from '../../src/blocks/plan-query.ts'
import { mayMatch, shortestDuration } from '../../src/blocks/query-plan.ts'
import type { SealedBlock } from '../../src/blocks/sealed-block.ts'
import {
  hasSlot,
  nameHashes,
  SegmentBuilder,
  segmentMask,
  traceBucketOf,
  traceSlots,
} from '../../src/blocks/segment.ts'
import { checkQuery } from '../../src/search/check-query.ts'
import { compileFilter } from '../../src/search/match-span.ts'
import { attr, call, durationNano, field, int, list, string } from '../conformance/filter.ts'
import { randomQuery } from '../conformance/generate.ts'
import { resultOf } from '../result-of.ts'
import { openBlockOf, randomBatches, sealedBlockOf, worldOf } from './sample-blocks.ts'

t.test('a plan keeps every span that matches, and only those when it is exact', async (t) => {
  const world = worldOf(20261125)
  const batches = randomBatches(world, 8, 80)
  const open = openBlockOf(batches)
  const blocks = [open, sealedBlockOf(open)]
  const all = open.batchOf(Array.from(Array(640).keys()), 1)
  t.equal(startMicros(all, 0), open.ids.ownStarts[0])
  let exact = 0
  let narrow = 0
  for (let round = 0; round < 1500; round++) {
    const query = randomQuery(world)
    checkQuery(query)
    const matches = compileFilter(query.filter)
    const plan = planQuery(query.filter)
    const expected = Array.from(Array(640).keys()).filter((span) => matches(all, span))
    if (plan.isExact) exact++
    for (const block of blocks) {
      const list = resultOf(candidatesOf(plan.root, block))
      const found = new Set(list === undefined ? Array(640).keys() : Array.from(list))
      if (found.size < 640) narrow++
      const isRight =
        expected.every((span) => found.has(span)) &&
        (!plan.isExact || found.size === expected.length)
      if (!isRight) {
        const text = JSON.stringify(query.filter, (_, value) =>
          typeof value === 'bigint' ? `${value}n` : value,
        )
        t.fail(`query ${round}: ${text}`, { plan, expected, found: [...found] })
        return
      }
      if (expected.length === 0) continue
      const hashes = new Set(nameHashes(block))
      const has = (hash: number): boolean =>
        hashes.has(hash) || block.spansWithAny(new HashSet([hash])).length > 0
      t.ok(mayMatch(plan.root, has))
      const longest = Math.max(...expected.map((span) => block.columns.durations[span] ?? 0))
      t.ok(shortestDuration(plan.root) <= longest)
    }
  }
  t.ok(exact > 50 && narrow > 1000, `${exact} plans are exact, ${narrow} leave something out`)
})

t.test('plans know what columns decide', async (t) => {
  const service = call('eq', field('resource', 'service'), string('cart'))
  const long = call('gte', field('span', 'duration'), durationNano(5_000_999n))
  t.same(planQuery(call('and', service, long)).isExact, true)
  t.equal(shortestDuration(planQuery(call('and', service, long)).root), 5000)
  t.equal(planQuery(call('and', service, call('eq', attr('span', 'a'), int(1n)))).isExact, false)
  t.equal(planQuery(call('not', service)).root.kind, 'every')
  t.equal(planQuery(call('or', service, call('not', long))).root.kind, 'every')
})

t.test('values that are looked for in the same place are one pass over a block', async (t) => {
  const open = openBlockOf(randomBatches(worldOf(3), 2, 50))
  const texts = Array.from(Array(1000).keys(), (at) => string(`${at}`.padStart(32, '0')))
  const alternatives = (subject: Parameters<typeof call>[1]) =>
    call('or', ...texts.slice(0, 300).map((text) => call('eq', subject, text)))
  for (const [subject, kind] of [
    [attr('', 'key'), 'terms'],
    [field('resource', 'service'), 'service'],
    [field('span', 'name'), 'name'],
    [field('span', 'traceID'), 'trace'],
  ] as const) {
    for (const filter of [call('in', subject, list(...texts)), alternatives(subject)]) {
      const { root } = planQuery(filter)
      t.equal(root.kind, kind)
      let passes = 0
      for (const _pass of candidatesOf(root, open)) passes += 1
      t.equal(passes, 1)
    }
  }
  const kinds = call(
    'or',
    call('eq', field('span', 'kind'), string('server')),
    alternatives(attr('', 'a')),
  )
  t.equal([...candidatesOf(planQuery(kinds).root, open)].length, 2)
})

t.test('a block may grow while its candidates are looked for', async (t) => {
  const batches = randomBatches(worldOf(4), 2, 50)
  const [first, second] = batches
  if (first === undefined || second === undefined) throw new Error('two batches')
  const block = openBlockOf([first])
  const longer = (micros: bigint) =>
    call('gte', field('span', 'duration'), durationNano(micros * 1000n))
  const steps = candidatesOf(planQuery(call('or', longer(0n), longer(1n))).root, block)
  t.notOk(steps.next().done)
  block.append(second)
  t.same(Array.from(resultOf(steps) ?? []), Array.from(Array(50).keys()))
})

t.test('a segment leaves out no block that has a term or a trace', async (t) => {
  const world = worldOf(11, 400)
  const builder = new SegmentBuilder()
  const blocks: SealedBlock[] = []
  for (let slot = 0; slot < 64; slot++) {
    const block = sealedBlockOf(openBlockOf(randomBatches(world, 1, 30)))
    blocks.push(block)
    builder.add(slot, block, block.postings.hashes)
  }
  const pages = new Map(Array.from(builder.pages(), ({ page, bits }) => [page, bits]))
  t.equal(pages.size, 512)
  for (const bits of pages.values()) if (bits !== undefined) t.equal(bits.length, 4096)
  let left = 0
  for (let round = 0; round < 400; round++) {
    const { root } = planQuery(randomQuery(world).filter)
    const mask = segmentMask(root, (page) => pages.get(page))
    blocks.forEach((block, slot) => {
      const names = new Set(nameHashes(block))
      const may = mayMatch(
        root,
        (hash) => names.has(hash) || block.spansWithAny(new HashSet([hash])).length > 0,
      )
      if (may && !hasSlot(mask, slot)) t.fail(`query ${round} leaves out slot ${slot}`)
      if (!hasSlot(mask, slot)) left++
    })
  }
  t.ok(left > 2000, `${left} blocks were left out`)
  const buckets = new Map(Array.from(builder.buckets(), ({ bucket, entries }) => [bucket, entries]))
  blocks.forEach(({ traceIds }, slot) => {
    for (let at = 0; at < traceIds.length; at += 16) {
      const traceId = traceIds.subarray(at, at + 16)
      const entries = buckets.get(traceBucketOf(traceId)) ?? new Uint8Array(0)
      if (!traceSlots(entries, traceId).includes(slot)) t.fail(`slot ${slot} lacks a trace`)
    }
  })
})
