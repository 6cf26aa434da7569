import type { Test } from 'tap'
import t from 'tap'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanBytes } from '../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { OpenBlock } from '../../src/blocks/open-block.ts'
import { retentionMs, sealedBlockOf } from './sample-blocks.ts'

const startNano = 1_795_000_000_123_456_789n

/** Fields of a Span message, in the order in which they are to be written. */
function body(...fields: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat(fields.map((field) => (Buffer.isBuffer(field) ? field : hex(field))))
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}

function time(tag: number, nano: bigint): Buffer {
  const field = Buffer.alloc(9, tag)
  field.writeBigUInt64LE(nano, 1)
  return field
}

function text(tag: number, value: string): Buffer {
  return message(tag, Buffer.from(value))
}

function message(tag: number, bytes: Buffer): Buffer {
  const head: number[] = [tag]
  let rest = bytes.length
  for (; rest > 0x7f; rest >>>= 7) head.push((rest & 0x7f) | 0x80)
  return Buffer.concat([Buffer.from([...head, rest]), bytes])
}

const traceId = '0a10 000102030405060708090a0b0c0d0e0f'
const spanId = '1208 a0a1a2a3a4a5a6a7'
const parentId = '2208 b0b1b2b3b4b5b6b7'
const name = text(0x2a, 'GET /')
const kind = '3002'
const times = Buffer.concat([time(0x39, startNano), time(0x41, startNano + 98_765_432_101n)])
const attribute = hex('4a08 0a016b 12030a0176')

/** How many bytes are left out of each; every one must come back as it was. */
function cutOf(t: Test, bodies: readonly Buffer[]): number[] {
  const spans = Buffer.concat(bodies.map((bytes) => message(0x12, bytes)))
  const request = message(0x0a, message(0x12, spans))
  const { batch, rejected } = decodeRequest(request, { arrivalUnixMs: 1_795_000_001_000 })
  t.same(rejected, [])
  const open = new OpenBlock(retentionMs)
  open.append(batch)
  const all = Array.from(bodies.keys())
  const hexOf = (of: SpanBatch, span: number): string =>
    Buffer.from(spanBytes(of, span)).toString('hex')
  t.same(
    all.map((span) => hexOf(batch, span)),
    bodies.map((bytes) => bytes.toString('hex')),
    'none is repaired',
  )
  const found = sealedBlockOf(open, 3).batchOf(all, 1)
  t.same(
    all.map((span) => hexOf(found, span)),
    bodies.map((bytes) => bytes.toString('hex')),
  )
  return bodies.map(({ length }, span) => length - open.joinCutBodies(span, span + 1).length)
}

t.test('ids and times of a usual span are cut and come back', async (t) => {
  const bodies = [
    body(traceId, spanId, name, kind, times, attribute),
    body(traceId, spanId, parentId, name, kind, times, attribute),
    body(traceId, spanId, parentId, name, times),
    body(traceId, spanId, text(0x2a, 'x'.repeat(127)), times),
  ]
  t.same(cutOf(t, bodies), [46, 56, 56, 46])
})

t.test('times of any number of nanoseconds are cut and come back', async (t) => {
  const nanos = [
    1n,
    999n,
    1000n,
    2n ** 32n - 1n,
    2n ** 32n,
    2n ** 52n + 1n,
    2n ** 62n + 3n,
    2n ** 63n,
  ]
  const bodies = nanos.flatMap((start) =>
    [0n, 1n, 999n, 1001n, 2n ** 33n + 7n].map((long) =>
      body(traceId, spanId, name, time(0x39, start), time(0x41, start + long), attribute),
    ),
  )
  const cut = cutOf(t, bodies)
  t.same(cut.slice(0, 35), Array(35).fill(46))
})

t.test('a span that is written in another way stays whole', async (t) => {
  const bodies = [
    body(spanId, traceId, name, kind, times),
    body(traceId, spanId, '1a0161', parentId, name, kind, times),
    body(traceId, spanId, '1a0161', name, kind, times),
    body(traceId, spanId, name, parentId, kind, times),
    body(traceId, spanId, times, name, kind),
    body(traceId, spanId, name, times, kind),
    body(traceId, spanId, text(0x2a, 'x'.repeat(128)), kind, times),
    body(traceId, spanId, kind, name, times),
    body(traceId, spanId, name, kind, time(0x39, startNano), attribute, time(0x41, startNano)),
    body(traceId, spanId, name, times, times.subarray(0, 9), attribute, time(0x39, 5n)),
    body(traceId, spanId, name, times, 'ba0600', hex('1208 c0c1c2c3c4c5c6c7')),
    body(traceId, spanId, name, time(0x39, 2n ** 64n - 1n), time(0x41, 2n ** 64n - 1n)),
  ]
  t.same(cutOf(t, bodies), Array(bodies.length).fill(0))
})
