import t from 'tap'
import { OpenBlock } from '../../../src/blocks/open-block.ts'
import { planQuery } from '../../../src/blocks/plan-query.ts'
import type { PlanNode } from '../../../src/blocks/query-plan.ts'
import type { SlotNames } from '../../../src/stores/cassandra/native/slot-names.ts'
import {
  decodeSlotNames,
  encodeSlotNames,
  hasNames,
  rangesFor,
  SlotNamesWriter,
} from '../../../src/stores/cassandra/native/slot-names.ts'
import { attr, call, ofService, string } from '../../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'

const baseMicros = Date.now() * 1000
const arrivalUnixMs = Date.now()

/** A block of one span that starts so many seconds after the first one. */
function blockOf(service: string, second: number, name = 'work'): OpenBlock {
  const startMicros = baseMicros + second * 1_000_000
  const span = sampleSpan({ trace: 1, id: 1 + second, startMicros, name })
  const block = new OpenBlock(72 * 3_600_000)
  block.append(sampleBatch([sampleGroup([span], { service })], arrivalUnixMs), 0, 1)
  return block
}

/** The seconds of ranges. */
function secondsOf(plan: PlanNode, names: SlotNames, minSecond = 0): (readonly number[])[] {
  const second = (micros: number): number => Math.round((micros - baseMicros) / 1_000_000)
  return rangesFor(plan, names, baseMicros + minSecond * 1_000_000).map((range) => [
    second(range.oldestMicros),
    second(range.newestMicros),
  ])
}

function namesOf(blocks: readonly OpenBlock[], groupBlocks = 2): SlotNames {
  const writer = new SlotNamesWriter(groupBlocks)
  for (const block of blocks) writer.add(block)
  const { names } = writer
  if (names === undefined) throw new Error('There are too many names')
  return decodeSlotNames(encodeSlotNames(names))
}

const service = (name: string): PlanNode => planQuery(ofService(name)).root

t.test('rangesFor() leaves out groups of blocks without the service', (t) => {
  const names = namesOf([
    blockOf('busy', 0),
    blockOf('quiet', 10),
    blockOf('busy', 20),
    blockOf('busy', 30),
    blockOf('busy', 40),
    blockOf('other', 50),
  ])
  t.same(secondsOf(service('quiet'), names), [[0, 10]])
  t.same(secondsOf(service('other'), names), [[40, 50]])
  t.same(secondsOf(service('none'), names), [])
  t.same(secondsOf(service('busy'), names), [
    [40, 50],
    [20, 30],
    [0, 10],
  ])
  t.same(secondsOf(service('busy'), names, 25), [
    [40, 50],
    [25, 30],
  ])
  t.end()
})

t.test('rangesFor() puts together what overlaps', (t) => {
  const names = namesOf([
    blockOf('busy', 0),
    blockOf('busy', 30),
    blockOf('busy', 10),
    blockOf('busy', 40),
  ])
  t.same(secondsOf(service('busy'), names), [[0, 40]])
  t.end()
})

t.test('rangesFor() knows and, or and what is no name', (t) => {
  const names = namesOf([blockOf('a', 0, 'x'), blockOf('b', 10, 'y')], 1)
  const both = (kind: 'and' | 'or', ...parts: PlanNode[]): PlanNode => ({ kind, parts })
  const rare = planQuery(call('eq', attr('span', 'k'), string('v'))).root
  t.same(secondsOf(both('or', service('a'), service('b')), names).length, 2)
  t.same(secondsOf(both('and', service('a'), service('b')), names), [])
  t.same(secondsOf(both('and', service('a'), rare), names), [[0, 0]])
  t.same(secondsOf(both('or', service('a'), rare), names).length, 2)
  t.notOk(hasNames(rare))
  t.ok(hasNames(both('and', service('a'), rare)))
  t.end()
})

t.test('blocks beyond the last group belong to it, and too many names are none', (t) => {
  const many = Array.from({ length: 20 }, (_, at) => blockOf(at === 19 ? 'last' : 'busy', at))
  t.same(secondsOf(service('last'), namesOf(many, 1)), [[15, 19]])
  const writer = new SlotNamesWriter()
  const spans = Array.from({ length: 9000 }, (_, at) =>
    sampleSpan({ trace: 1, id: 1 + at, name: `name ${at}`, startMicros: baseMicros }),
  )
  const block = new OpenBlock(72 * 3_600_000)
  block.append(sampleBatch([sampleGroup(spans)], arrivalUnixMs), 0, 9000)
  writer.add(block)
  t.equal(writer.names, undefined)
  t.end()
})

t.test('decodeSlotNames() refuses what it is not', (t) => {
  t.throws(() => decodeSlotNames(new Uint8Array([0x0a, 0x7f])), { code: 'store_corrupt' })
  t.throws(() => decodeSlotNames(new Uint8Array([0x12, 0x02, 1, 2])), { code: 'store_corrupt' })
  t.end()
})
