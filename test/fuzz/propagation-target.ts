import assert from 'node:assert/strict'
import { b3Multi } from '../../bridge/propagation/b3-multi.ts'
import { b3Single } from '../../bridge/propagation/b3-single.ts'
import { carrierOf } from '../../bridge/propagation/carrier.ts'
import { compositeFormat } from '../../bridge/propagation/composite.ts'
import type { Extracted, Format } from '../../bridge/propagation/format.ts'
import { jaegerFormat } from '../../bridge/propagation/jaeger.ts'
import { decodeJaegerBinary, encodeJaegerBinary } from '../../bridge/propagation/jaeger-binary.ts'
import { lossReasons } from '../../bridge/propagation/loss.ts'
import { traceContext } from '../../bridge/propagation/trace-context.ts'
import { w3cBaggage } from '../../bridge/propagation/w3c-baggage.ts'
import type { FuzzTarget } from './run-fuzz.ts'

const alone = [traceContext, b3Single, b3Multi, jaegerFormat(), w3cBaggage]
const plain = jaegerFormat({ baggageEncoding: 'plain' })
const composite = compositeFormat({ read: alone, write: alone })
const formats = [...alone, plain, composite]

const ids = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'] as const
const long = (text: string, times: number) => Array.from({ length: times }, () => text).join()

/** Headers as lines, as that is what a mutation can move about. */
const samples = [
  `traceparent:00-${ids[0]}-${ids[1]}-01\ntracestate:rojo=00f067aa0ba902b7,congo=t61rcWkgMzE`,
  `traceparent:cc-${ids[0]}-${ids[1]}-03-future\nbaggage:a=%C3%A9;p=1;q, b = 2`,
  `b3:${ids[0]}-${ids[1]}-1-05e3ac9a4f6e3b90\nuberctx-a:b%20c\njaeger-baggage:k1=v1, k2=v2`,
  `x-b3-traceid:${ids[0]}\nx-b3-spanid:${ids[1]}\nx-b3-sampled:1\nx-b3-flags:1`,
  `uber-trace-id:${ids[0]}%3A${ids[1]}%3A0%3A3\njaeger-debug-id:x\nuberctx-b:%FF`,
  `tracestate:${long('a=1', 2000)}\nbaggage:${long('a=%41%ff', 900)}\ntraceparent: `,
].map((text) => Buffer.from(text))

/**
 * Headers of every format: nothing throws, what is read is well-formed and within limits, and what is
 * written of it is read as the same again.
 */
export const propagationTarget: FuzzTarget = {
  samples,
  nesting: [0x2c, 0x25],
  check(bytes) {
    const lines = Buffer.from(bytes).toString('latin1').split('\n')
    const headers = lines.map((line): readonly [string, Uint8Array] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), Buffer.from(line.slice(colon + 1), 'latin1')]
    })
    const outcomes = formats.map((format) => outcomeOf(format, headers))
    const last = outcomes.at(-1)
    assert(last !== undefined)
    return last
  },
}

function outcomeOf(format: Format, headers: readonly (readonly [string, Uint8Array])[]): string {
  const extracted = format.extract(carrierOf(headers))
  checkRead(extracted)
  const { propagated } = extracted
  const { fields } = format.inject(propagated)
  for (const [name, value] of fields) {
    assert.match(name, /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/)
    assert.match(value, /^[\t\x20-\x7e]*$/, 'nothing breaks out of a header')
  }
  const again = format.extract(carrierOf(fields))
  assert.equal(again.propagated.span?.traceId, propagated.span?.traceId)
  assert.equal(again.propagated.span?.spanId, propagated.span?.spanId)
  // A composite reads equal keys of baggage from the format that has each once.
  const third = format === composite ? fields : format.inject(again.propagated).fields
  assert.deepEqual(third, fields, 'what is written once is written so again')
  const isNothing = propagated.span === undefined && propagated.baggage.length === 0
  if (isNothing) return propagated.sampling === 'deferred' ? 'nothing' : 'decision'
  return extracted.losses.length > 0 ? 'partly read' : 'read'
}

function checkRead({ propagated, losses }: Extracted): void {
  const { span, baggage } = propagated
  if (span !== undefined) {
    assert.match(span.traceId, /^(?!0+$)[0-9a-f]{32}$/)
    assert.match(span.spanId, /^(?!0+$)[0-9a-f]{16}$/)
    assert.match(span.parentSpanId ?? '1'.repeat(16), /^(?!0+$)[0-9a-f]{16}$/)
    assert((span.traceState ?? '').split(',').length <= 32)
  }
  // A composite of two formats with baggage has at most twice as much.
  assert(baggage.length <= 2 * 180)
  const size = baggage.reduce((sum, { key, value }) => sum + key.length + value.length, 0)
  assert(size <= 2 * 8192)
  assert(losses.length <= 40, 'losses are counted together')
  for (const { reason, count } of losses) assert(lossReasons.includes(reason) && count >= 1)
}

/** A context of every kind in OpenTracing's binary carrier. */
const binarySamples = [
  { span: { traceId: ids[0], spanId: ids[1] }, sampling: 'accepted', baggage: [] },
  {
    span: { traceId: ids[0], spanId: ids[1], parentSpanId: ids[1], isFirehose: true },
    sampling: 'debug',
    baggage: [
      { key: 'user', value: 'ada' },
      { key: 'tée', value: '🍵'.repeat(200) },
    ],
  },
] as const

/** Binary carriers: nothing throws, and what is read is written and read as the same again. */
export const jaegerBinaryTarget: FuzzTarget = {
  samples: binarySamples.map((sample) => Buffer.from(encodeJaegerBinary(sample).bytes ?? [])),
  nesting: [0],
  check(bytes) {
    const extracted = decodeJaegerBinary(bytes)
    checkRead(extracted)
    if (extracted.propagated.span === undefined) return 'nothing'
    const written = encodeJaegerBinary(extracted.propagated)
    assert(written.bytes !== undefined)
    assert.deepEqual(decodeJaegerBinary(written.bytes).propagated, extracted.propagated)
    return extracted.losses.length > 0 ? 'partly read' : 'read'
  },
}
