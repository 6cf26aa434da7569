import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanBytes, spanCount } from '../../bridge/model/span-batch.ts'
import { termsOf } from '../../bridge/otlp/index-spans.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { patience, readFind, readSummaries, readTrace, spanKeys, writeGroups } from './answer.ts'
import type { Bench, Check } from './check.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from './sample.ts'

/** Which spans are the same, and that every one that was written is there. */
export const writes: readonly Check[] = [
  {
    name: 'write() twice with the same bytes answers one span',
    async run(bench) {
      const groups = [
        sampleGroup([sampleSpan({ trace: 1, id: 1 }), sampleSpan({ trace: 1, id: 2 })]),
      ]
      const batch = await writeGroups(bench, groups)
      await writeGroups(bench, groups)
      await holdsOnce(bench, 1, [batch])
    },
  },
  {
    name: 'write() of the same spans in other batches answers each once',
    async run(bench) {
      const spans = [1, 2, 3, 4].map((id) => sampleSpan({ trace: 1, id, name: `step ${id}` }))
      const other = sampleSpan({ trace: 2, id: 9 })
      const all = await writeGroups(bench, [sampleGroup(spans)])
      await writeGroups(bench, [sampleGroup([other]), sampleGroup(spans.slice(0, 2))])
      await writeGroups(bench, [sampleGroup([...spans.slice(1)].reverse())])
      await holdsOnce(bench, 1, [all])
    },
  },
  {
    name: 'write() of a batch that holds a span twice answers it once',
    async run(bench) {
      const span = sampleSpan({ trace: 1, id: 1 })
      const once = sampleBatch([sampleGroup([span])], bench.arrivalUnixMs)
      await writeGroups(bench, [sampleGroup([span, span]), sampleGroup([span])])
      await holdsOnce(bench, 1, [bench.kept(once)])
    },
  },
  {
    name: 'write() keeps a changed resend beside the first one',
    async run(bench) {
      const first = await writeGroups(bench, [
        sampleGroup([sampleSpan({ trace: 1, id: 1, name: 'begun' })]),
      ])
      const second = await writeGroups(bench, [
        sampleGroup([sampleSpan({ trace: 1, id: 1, name: 'ended' })]),
      ])
      await holdsOnce(bench, 1, [first, second])
    },
  },
  {
    name: 'write() keeps the spans of client and server that share an id',
    async run(bench) {
      const client = sampleGroup([sampleSpan({ trace: 1, id: 1, kind: 3 })], { service: 'front' })
      const server = sampleGroup([sampleSpan({ trace: 1, id: 1, kind: 2 })], { service: 'back' })
      await holdsOnce(bench, 1, [await writeGroups(bench, [client, server])])
    },
  },
  {
    name: 'write() takes resource, scope and their schemas as part of the identity',
    needs: ['every_field'],
    async run(bench) {
      const span = sampleSpan({ trace: 1, id: 1 })
      const batch = await writeGroups(bench, [
        sampleGroup([span]),
        sampleGroup([span], { resource: { host: 'a' } }),
        sampleGroup([span], { scope: { name: 'library' } }),
        sampleGroup([span], { resourceSchemaUrl: 'https://example.test/1' }),
        sampleGroup([span], { scopeSchemaUrl: 'https://example.test/1' }),
      ])
      assert.equal(new Set(spanKeys(batch)).size, 5)
      await holdsOnce(bench, 1, [batch])
    },
  },
  {
    name: 'write() keeps a 64-bit id and a 128-bit id with the same low half apart',
    async run(bench) {
      const short = traceIdOf(7)
      const long = traceIdOf(7, 1)
      const batch = await writeGroups(bench, [
        sampleGroup([sampleSpan({ trace: short, id: 1 }), sampleSpan({ trace: long, id: 1 })]),
      ])
      const [first, second] = spanKeys(batch)
      assert.deepEqual(await readTrace(bench.store, short), [first])
      assert.deepEqual(await readTrace(bench.store, long), [second])
    },
  },
  {
    name: 'write() of no span does nothing',
    async run(bench) {
      await writeGroups(bench, [])
      assert.deepEqual((await readFind(bench.store, { limit: 10 })).traces, [])
      assert.deepEqual(await bench.store.services(''), [])
    },
  },
  {
    name: 'write() called at the same time keeps the spans of every call, repeats once',
    async run(bench) {
      const batches = Array.from(Array(40).keys(), (number) =>
        sampleBatch(
          [
            sampleGroup([
              sampleSpan({ trace: 1, id: 1 }),
              sampleSpan({ trace: 1, id: number + 2 }),
            ]),
          ],
          bench.arrivalUnixMs,
        ),
      )
      const results = await Promise.all(
        batches.flatMap((batch) => [
          bench.store.write('', batch, patience),
          bench.store.write('', batch, patience),
        ]),
      )
      for (const { rejected } of results) assert.deepEqual(rejected, [])
      await holdsOnce(bench, 1, batches.map(bench.kept))
    },
  },
  {
    name: 'write() is seen by every read that begins after it resolved',
    async run(bench) {
      for (let number = 1; number <= 20; number += 1) {
        const batch = await writeGroups(bench, [
          sampleGroup([sampleSpan({ trace: number, id: 1 })], { service: `service ${number}` }),
        ])
        assert.deepEqual(await readTrace(bench.store, traceIdOf(number)), spanKeys(batch))
        const { traces } = await readFind(bench.store, { limit: 100 })
        assert.equal(traces.length, number)
        assert.equal((await bench.store.services('')).length, number)
      }
    },
  },
  {
    name: 'write() leaves the memory of a batch to its caller once it has settled',
    async run(bench) {
      const group = (trace: number) =>
        sampleGroup([1, 2, 3].map((id) => sampleSpan({ trace, id, attributes: { key: 'v' } })))
      for (const [number, share] of [shared, alone].entries()) {
        const trace = number + 1
        const expected = sampleBatch([group(trace)], bench.arrivalUnixMs)
        const lent = share(expected)
        await bench.store.write('', lent, patience)
        spoil(lent)
        await holdsOnce(bench, trace, [bench.kept(expected)])
      }
    },
  },
  {
    name: 'write() that was taken back leaves the memory of a batch to its caller',
    async run(bench) {
      const groups = [sampleGroup([1, 2, 3].map((id) => sampleSpan({ trace: 1, id })))]
      const expected = sampleBatch(groups, bench.arrivalUnixMs)
      for (let round = 0; round < 20; round++) {
        const lent = shared(expected)
        const taken = new AbortController()
        const written = bench.store.write('', lent, taken.signal)
        if (round % 2 === 1) await nextTurn()
        taken.abort(new GatewayError('cancelled', 'Cannot finish: the caller went away'))
        await Promise.allSettled([written])
        spoil(lent)
      }
      // All or nothing, and never what was in the memory afterwards.
      const found = await readTrace(bench.store, traceIdOf(1))
      if (found.length > 0) assert.deepEqual(found, spanKeys(bench.kept(expected)).sort())
      const { traces } = await readFind(bench.store, { limit: 100 })
      assert.ok(traces.length <= 1)
    },
  },
  {
    name: 'trace() and find() give batches that the caller may change',
    async run(bench) {
      const batch = await writeGroups(bench, [
        sampleGroup([1, 2, 3].map((id) => sampleSpan({ trace: 1, id, attributes: { key: 'v' } }))),
      ])
      for await (const part of bench.store.trace('', { traceId: traceIdOf(1) }, patience)) {
        spoil(part)
      }
      await holdsOnce(bench, 1, [batch])
      for await (const found of bench.store.find('', { limit: 1 }, patience)) {
        if (found.kind === 'end') continue
        found.traceId.fill(0)
        for await (const part of found.parts()) spoil(part)
      }
      await holdsOnce(bench, 1, [batch])
      const services = await bench.store.services('')
      assert.deepEqual(services, ['shop'])
      if (!Object.isFrozen(services)) Reflect.set(services, 0, 'changed')
      assert.deepEqual(await bench.store.services(''), ['shop'])
    },
  },
  {
    name: 'write() keeps every byte of a span, also what nobody knows',
    needs: ['every_field', 'nanoseconds'],
    run: keepsEveryByte,
  },
  {
    name: 'write() is still there after the store was opened again',
    needs: ['durable'],
    async run(bench) {
      const groups = [
        sampleGroup([sampleSpan({ trace: 1, id: 1 }), sampleSpan({ trace: 1, id: 2 })]),
      ]
      const batch = await writeGroups(bench, groups)
      const tenants = bench.store.cannot.has('tenants') ? [] : ['other']
      for (const tenant of tenants) await writeGroups(bench, groups, tenant)
      assert.ok(bench.reopen, 'a durable store can be opened again')
      const store = await bench.reopen()
      await holdsOnce({ ...bench, store }, 1, [batch])
      for (const tenant of tenants) {
        assert.deepEqual(await readTrace(store, traceIdOf(1), tenant), spanKeys(batch).sort())
      }
      await writeGroups({ ...bench, store }, groups)
      await holdsOnce({ ...bench, store }, 1, [batch])
    },
  },
]

/** Holds a trace of exactly these spans, each once, in every way of asking. */
async function holdsOnce(
  bench: Bench,
  trace: number,
  batches: readonly SpanBatch[],
): Promise<void> {
  const expected = Array.from(new Set(batches.flatMap(spanKeys))).sort()
  assert.deepEqual(await readTrace(bench.store, traceIdOf(trace)), expected)
  const { traces } = await readFind(bench.store, { limit: 100 })
  const found = traces.find(({ traceId }) => Number.parseInt(traceId, 16) === trace)
  assert.deepEqual(found?.keys, expected)
  const summaries = await readSummaries(bench.store, { limit: 100 })
  const summary = summaries.find(({ traceId }) => Buffer.compare(traceId, traceIdOf(trace)) === 0)
  assert.equal(summary?.spanCount, expected.length)
}

function spoil(batch: SpanBatch): void {
  batch.bytes.fill(0xff)
  batch.spans.fill(0)
  batch.groups.fill(0)
  batch.times.fill(0)
  for (const list of Object.values(batch.terms ?? {})) list.fill(0)
}

/** A copy in memory that threads can share, as receivers have it. */
function shared(batch: SpanBatch): SpanBatch {
  return copied(batch, (sizeBytes) => new SharedArrayBuffer(sizeBytes))
}

/** A copy in memory of its own. */
function alone(batch: SpanBatch): SpanBatch {
  return copied(batch, (sizeBytes) => new ArrayBuffer(sizeBytes))
}

function copied(batch: SpanBatch, allocate: (sizeBytes: number) => ArrayBufferLike): SpanBatch {
  const words = (list: Uint32Array): Uint32Array => {
    const copy = new Uint32Array(allocate(list.byteLength))
    copy.set(list)
    return copy
  }
  const bytes = new Uint8Array(allocate(batch.bytes.length))
  bytes.set(batch.bytes)
  const times = new Float64Array(allocate(batch.times.byteLength))
  times.set(batch.times)
  const { names, keys, values, starts } = termsOf(batch)
  return {
    bytes,
    groups: words(batch.groups),
    spans: words(batch.spans),
    times,
    arrivalUnixMs: batch.arrivalUnixMs,
    terms: { names: words(names), keys: words(keys), values: words(values), starts: words(starts) },
  }
}

async function keepsEveryByte(bench: Bench): Promise<void> {
  // Field 200 as a varint of 1, which no version of OTLP has.
  const unknown = new Uint8Array([0xc0, 0x0c, 0x01])
  const kv = { key: 'known', value: { kind: 'int', value: -5n, unknown } as const, unknown }
  const span = {
    ...sampleSpan({ trace: 1, id: 1, parent: 5 }),
    traceState: 'ot=th:8,other=1',
    flags: 0x301,
    droppedAttributesCount: 3,
    droppedEventsCount: 4,
    droppedLinksCount: 5,
    attributes: [kv, { key: 'none', value: undefined }],
    events: [
      {
        timeUnixNano: 123_456_789n,
        name: 'e',
        attributes: [kv],
        droppedAttributesCount: 6,
        unknown,
      },
    ],
    links: [
      {
        traceId: traceIdOf(9),
        spanId: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]),
        traceState: 'a=b',
        attributes: [kv],
        droppedAttributesCount: 7,
        flags: 1,
        unknown,
      },
    ],
    status: { code: 2, message: 'broken', unknown },
    unknown,
  }
  const group = sampleGroup([span], {
    resourceSchemaUrl: 'https://example.test/resource',
    resourceUnknown: unknown,
    scope: { name: 'library', version: '1', droppedAttributesCount: 2, attributes: { a: 1n } },
    scopeSchemaUrl: 'https://example.test/scope',
    scopeUnknown: unknown,
  })
  const resource = { ...group.resource, attributes: group.resource?.attributes ?? [] }
  const written = await writeGroups(bench, [
    { ...group, resource: { ...resource, droppedAttributesCount: 1, unknown } },
  ])
  const parts: SpanBatch[] = []
  for await (const part of bench.store.trace('', { traceId: traceIdOf(1) }, patience)) {
    parts.push(part)
  }
  assert.equal(parts.length, 1)
  const [read] = parts
  assert.ok(read !== undefined && spanCount(read) === 1)
  assert.deepEqual(Buffer.from(spanBytes(read, 0)), Buffer.from(spanBytes(written, 0)))
  assert.deepEqual(groupTexts(read), groupTexts(written))
  assert.deepEqual(Array.from(read.times), Array.from(written.times))
  assert.equal(read.arrivalUnixMs, written.arrivalUnixMs)
}

/** All six slices of the only span's group, as hex. */
function groupTexts(batch: SpanBatch): string[] {
  assert.equal(batch.groups.length, 14)
  return [0, 2, 4, 6, 8, 10, 12].map((field) => {
    const [offset = 0, length = 0] = batch.groups.subarray(field, field + 2)
    return Buffer.from(batch.bytes.subarray(offset, offset + length)).toString('hex')
  })
}
