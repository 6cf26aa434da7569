import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { hexOf } from '../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import {
  durationMicros,
  spanCount,
  spanIdBytes,
  startMicros,
  traceIdBytes,
} from '../../bridge/model/span-batch.ts'
import { spanOf } from '../../bridge/otlp/batch-objects.ts'
import { tracePartBytesMax } from '../../src/ports/span-store.ts'
import { collectGarbage } from '../collect-garbage.ts'
import { patience, readTrace, spanKeys, writeGroups } from './answer.ts'
import type { Bench, Check } from './check.ts'
import { sampleGroup, sampleSpan, traceIdOf } from './sample.ts'

/** Reading one trace by its id. */
export const traces: readonly Check[] = [
  {
    name: 'trace() of an unknown id yields nothing',
    async run(bench) {
      assert.deepEqual(await readTrace(bench.store, traceIdOf(1)), [])
      await writeGroups(bench, [sampleGroup([sampleSpan({ trace: 1, id: 1 })])])
      assert.deepEqual(await readTrace(bench.store, traceIdOf(2)), [])
      assert.deepEqual(await readTrace(bench.store, traceIdOf(0x100)), [])
      assert.deepEqual(await readTrace(bench.store, new Uint8Array(16)), [])
    },
  },
  {
    name: 'trace() gives the spans of that trace alone, whichever batch brought them',
    async run(bench) {
      const expected = new Map<number, string[]>()
      for (let write = 0; write < 10; write += 1) {
        const spans = [1, 2, 3].map((trace) => sampleSpan({ trace, id: 10 * write + trace }))
        const batch = await writeGroups(bench, [
          sampleGroup(spans, { service: `service ${write % 2}` }),
        ])
        spanKeys(batch).forEach((key, at) => {
          expected.set(at + 1, [...(expected.get(at + 1) ?? []), key])
        })
      }
      for (const [trace, keys] of expected) {
        assert.deepEqual(await readTrace(bench.store, traceIdOf(trace)), keys.sort())
      }
    },
  },
  {
    name: 'trace() takes a window as a hint: the trace that lies in it comes whole',
    async run(bench) {
      const batch = await writeGroups(bench, [
        sampleGroup(
          [0, 10, 20].map((id) =>
            sampleSpan({ trace: 1, id: id + 1, startMicros: atMicros(bench, id) }),
          ),
        ),
      ])
      const ref = {
        traceId: traceIdOf(1),
        minMicros: atMicros(bench, 0),
        maxMicros: atMicros(bench, 20) + 1,
      }
      const keys: string[] = []
      for await (const part of bench.store.trace('', ref, patience)) keys.push(...spanKeys(part))
      assert.deepEqual(keys.sort(), spanKeys(batch).sort())
    },
  },
  {
    name: 'trace() gives spans with their columns',
    async run(bench) {
      await writeGroups(bench, [
        sampleGroup([
          sampleSpan({
            trace: 1,
            id: 7,
            parent: 3,
            name: 'read',
            kind: 3,
            status: { code: 2, message: '' },
            startUnixNano: BigInt(atMicros(bench, 0)) * 1000n + 999n,
            durationNano: 1_999n,
          }),
        ]),
      ])
      for await (const part of bench.store.trace('', { traceId: traceIdOf(1) }, patience)) {
        assert.equal(hexOf(traceIdBytes(part, 0)), hexOf(traceIdOf(1)))
        assert.equal(hexOf(spanIdBytes(part, 0)), '0000000000000007')
        assert.equal(startMicros(part, 0), atMicros(bench, 0))
        assert.equal(durationMicros(part, 0), 1)
        const span = spanOf(part, 0)
        assert.equal(span.name, 'read')
        assert.equal(span.kind, 3)
        assert.equal(span.status?.code, 2)
        const nano = bench.store.cannot.has('nanoseconds') ? 0n : 999n
        assert.equal(span.startUnixNano % 1_000_000n, nano)
      }
    },
  },
  {
    name: 'trace() gives a span that is longer than a part in a part of its own',
    async run(bench) {
      const long = 'x'.repeat(tracePartBytesMax + 1)
      const spans = [1, 2, 3, 4].map((id) =>
        sampleSpan({ trace: 1, id, attributes: id === 3 ? { long } : {} }),
      )
      const batch = await writeGroups(bench, [sampleGroup(spans)])
      const keys: string[] = []
      for await (const part of bench.store.trace('', { traceId: traceIdOf(1) }, patience)) {
        checkPart(part)
        keys.push(...spanKeys(part))
      }
      assert.deepEqual(keys.sort(), spanKeys(batch).sort())
    },
  },
  {
    name: 'trace() reads 100,000 spans in parts of at most 1 MiB and in bounded memory',
    run: readsHugeTrace,
  },
]

/** A part is at most as long as the port says. */
function checkPart(part: SpanBatch): void {
  assert.ok(spanCount(part) > 0, 'no part is empty')
  if (spanCount(part) > 1) assert.ok(part.bytes.byteLength <= tracePartBytesMax)
}

async function readsHugeTrace(bench: Bench): Promise<void> {
  const [writes, spansEach] = [20, 5000]
  const text = 'x'.repeat(300)
  for (let write = 0; write < writes; write += 1) {
    const spans = Array.from(Array(spansEach).keys(), (number) =>
      sampleSpan({ trace: 1, id: write * spansEach + number + 1, attributes: { text } }),
    )
    const other = sampleSpan({ trace: 2, id: write + 1 })
    await writeGroups(bench, [sampleGroup([...spans, other])])
  }
  const before = await settledMemory()
  let bytes = 0
  let most = 0
  const seen = new Uint8Array(writes * spansEach + 1)
  for await (const part of bench.store.trace('', { traceId: traceIdOf(1) }, patience)) {
    checkPart(part)
    const bytesBefore = bytes
    bytes += part.bytes.byteLength
    for (let span = 0; span < spanCount(part); span += 1) {
      const id = spanIdBytes(part, span)
      const number = new DataView(id.buffer, id.byteOffset, 8).getUint32(4)
      seen[number] = (seen[number] ?? 0) + 1
    }
    if (bytes >> 23 === bytesBefore >> 23) continue
    collectGarbage()
    most = Math.max(most, memoryInUse() - before)
  }
  assert.ok(bytes > 30 * 1024 * 1024, 'the trace is long')
  assert.ok(
    seen.subarray(1).every((times) => times === 1),
    'every span comes once',
  )
  assert.ok(most < 16 * 1024 * 1024, `reading takes ${most} bytes`)
}

/** What the store's own threads still send back comes in the meantime. */
async function settledMemory(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 25; round += 1) {
    collectGarbage()
    await setTimeout(20)
    least = Math.min(least, memoryInUse())
  }
  return least
}

function memoryInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** A time in the last hours, by milliseconds from a round one. */
function atMicros(bench: Bench, offset: number): number {
  return (bench.arrivalUnixMs - 3_600_000 + offset) * 1000
}
