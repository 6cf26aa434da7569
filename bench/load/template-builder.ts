import { encodeJaegerMessage, encodeJaegerSpan } from './jaeger-encoding.ts'
import type { EncodedGroup, EncodedMessage } from './otlp-encoding.ts'
import { encodeOtlpMessage, encodeOtlpSpan } from './otlp-encoding.ts'
import type { BenchRandom } from './random.ts'
import { createBenchRandom } from './random.ts'
import type { EncodedSpan, SpanIds } from './span-slots.ts'
import { binaryBatches, compactDatagrams } from './thrift-encoding.ts'
import type { SpanShape, WorldProcess, WorldSpan } from './world.ts'
import { makeProcess, makeTrace, serviceCount, spanAttributes } from './world.ts'
import { encodeZipkinMessage, encodeZipkinSpan } from './zipkin-encoding.ts'

/** Formats that templates can be encoded in. */
export type TemplateFormat = 'otlp' | 'jaeger' | 'jaeger-thrift' | 'jaeger-datagram' | 'zipkin-json'

/** How a format writes spans, and a message around them. */
interface TemplateEncoding {
  span(span: WorldSpan, ids: SpanIds): EncodedSpan
  message(groups: readonly EncodedGroup[]): EncodedMessage
}

const encodings: Readonly<Record<TemplateFormat, TemplateEncoding>> = {
  otlp: { span: encodeOtlpSpan, message: encodeOtlpMessage },
  jaeger: { span: encodeJaegerSpan, message: encodeJaegerMessage },
  'jaeger-thrift': binaryBatches,
  'jaeger-datagram': compactDatagrams,
  'zipkin-json': { span: encodeZipkinSpan, message: encodeZipkinMessage },
}

/** What a set of templates is made of. */
export interface TemplateOptions {
  readonly format: TemplateFormat
  /** Spans of each message. */
  readonly batch: number
  /** Average bytes of a Span message in OTLP, whatever the format is. */
  readonly spanBytes: number
  readonly seed: number
  /** How many spans all messages have together, at least. */
  readonly distinctSpans: number
  /** Services that a message in OTLP mixes; by default 3 to 6. One: the first of the world. */
  readonly services?: number
  /** Attributes of a span; by default all that the world has, at least the three with a value of their own. */
  readonly attributes?: number | undefined
  /** Attributes of a process, the same. */
  readonly processAttributes?: number | undefined
}

/** A message before it is laid into the memory of all of them. */
export interface BuiltMessage {
  readonly bytes: Uint8Array
  readonly spans: readonly BuiltSpan[]
  /** Messages of one bundle share traces. */
  readonly bundle: number
}

/** A span of a message. */
export interface BuiltSpan {
  readonly encoded: EncodedSpan
  /** Where its body begins in the message. */
  readonly bodyAt: number
  /** Start, end and event since the base time of its bundle. */
  readonly offsetsNano: readonly [number, number, number]
}

/** A bundle has at least this many spans, so that few traces are cut at its end. */
const bundleSpansMin = 500
const instancesPerService = 10

interface PlacedSpan extends Omit<BuiltSpan, 'bodyAt'> {
  readonly service: number
}

/** Makes messages until there are `distinctSpans` spans. */
export function* buildMessages(options: TemplateOptions): Generator<BuiltMessage> {
  const random = createBenchRandom(options.seed)
  const shape = shapeFor(options.spanBytes, options.attributes ?? spanAttributes)
  const perBundle = Math.max(1, Math.ceil(bundleSpansMin / options.batch))
  const messages = Math.ceil(options.distinctSpans / options.batch)
  for (let bundle = 0; bundle * perBundle < messages; bundle++) {
    const services = pickServices(random, options)
    const processes = new Map(
      services.map((service) => [
        service,
        makeProcess(service, random.below(instancesPerService), options.processAttributes),
      ]),
    )
    const spans = bundleSpans(random, {
      options,
      services,
      shape,
      count: perBundle * options.batch,
    })
    for (let at = 0; at < spans.length; at += options.batch) {
      yield { ...message(options.format, spans.slice(at, at + options.batch), processes), bundle }
    }
  }
}

/** A request for Jaeger or of a reporter for Zipkin has one process, so its traces stay in one service. */
function pickServices(random: BenchRandom, { format, services }: TemplateOptions): number[] {
  if (services === 1) return [0]
  const world = Math.max(serviceCount, services ?? 0)
  const first = random.below(world)
  const count = format === 'otlp' ? (services ?? 3 + random.below(4)) : 1
  return Array.from({ length: count }, (_, index) => (first + index * 7) % world)
}

interface BundleInput {
  readonly options: TemplateOptions
  readonly services: readonly number[]
  readonly shape: SpanShape
  readonly count: number
}

function bundleSpans(random: BenchRandom, input: BundleInput): PlacedSpan[] {
  const { options, services, shape, count } = input
  const traces: { readonly spans: readonly WorldSpan[]; readonly endNano: number }[] = []
  for (let total = 0; total < count; ) {
    // A trace that does not fit loses its last spans; parents come earlier and stay.
    const spans = makeTrace(random, services, shape).slice(0, count - total)
    const endNano = Math.max(...spans.map((span) => span.startNano + span.durationNano))
    traces.push({ spans, endNano: endNano + random.below(1e9) })
    total += spans.length
  }
  const latestNano = Math.max(...traces.map(({ endNano }) => endNano))
  return traces.flatMap(({ spans, endNano }) => {
    return placeTrace(random, { spans, startNano: latestNano - endNano, format: options.format })
  })
}

interface TraceInput {
  readonly spans: readonly WorldSpan[]
  readonly startNano: number
  readonly format: TemplateFormat
}

function placeTrace(random: BenchRandom, { spans, startNano, format }: TraceInput): PlacedSpan[] {
  const { span: encode } = encodings[format]
  const traceId = randomBytes(random, 16)
  const spanIds = spans.map(() => randomBytes(random, 8))
  return spans.map((span, index) => {
    const spanId = spanIds[index] ?? randomBytes(random, 8)
    const start = startNano + span.startNano
    return {
      service: span.service,
      encoded: encode(span, { traceId, spanId, parentSpanId: spanIds[span.parent] }),
      offsetsNano: [start, start + span.durationNano, startNano + (span.event?.timeNano ?? 0)],
    }
  })
}

function message(
  format: TemplateFormat,
  spans: readonly PlacedSpan[],
  processes: ReadonlyMap<number, WorldProcess>,
): Omit<BuiltMessage, 'bundle'> {
  const groups: (EncodedGroup & { readonly placed: readonly PlacedSpan[] })[] = []
  for (const [service, process] of processes) {
    const placed = spans.filter((span) => span.service === service)
    if (placed.length === 0) continue
    groups.push({ process, placed, spans: placed.map(({ encoded }) => encoded) })
  }
  const { bytes, bodies } = encodings[format].message(groups)
  const inOrder = groups.flatMap(({ placed }) => placed)
  return {
    bytes,
    spans: inOrder.map(({ encoded, offsetsNano }, index) => {
      return { encoded, offsetsNano, bodyAt: bodies[index] ?? 0 }
    }),
  }
}

function randomBytes(random: BenchRandom, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at += 4) bytes.writeUInt32BE(random.uint32(), at)
  return bytes
}

/** Rounds of looking for the length: with few attributes one of the long texts may be missing. */
const rounds = 8

/** Texts are as long as they must be, so that Span messages have `spanBytes` on average. */
function shapeFor(spanBytes: number, attributes: number): SpanShape {
  let textBytes = 120
  for (let round = 0; round < rounds; round++) {
    const missing = spanBytes - averageSpanBytes({ textBytes, attributes })
    textBytes = Math.max(4, Math.round(textBytes + missing))
  }
  return { textBytes, attributes }
}

function averageSpanBytes(shape: SpanShape): number {
  const random = createBenchRandom(7)
  const services = Array.from({ length: serviceCount }, (_, service) => service)
  let bytes = 0
  let count = 0
  while (count < 3000) {
    for (const span of makeTrace(random, services, shape)) {
      const parentSpanId = span.parent < 0 ? undefined : new Uint8Array(8)
      const ids = { traceId: new Uint8Array(16), spanId: new Uint8Array(8), parentSpanId }
      bytes += encodeOtlpSpan(span, ids).body.length
      count++
    }
  }
  return bytes / count
}
