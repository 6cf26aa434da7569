import type { BaggageEntry, Propagated, Sampling } from '../../bridge/propagation/propagated.ts'
import { isSampled } from '../../bridge/propagation/propagated.ts'
import type { Random } from '../fuzz/random.ts'

/** A context as the program `propagate` takes and prints it; test/clients/propagators/propagate.js. */
export interface SentContext {
  readonly traceId?: string
  readonly spanId?: string
  readonly sampled?: boolean
  readonly debug?: boolean
  readonly firehose?: boolean
  readonly random?: boolean
  readonly traceState?: string
  readonly baggage?: readonly (readonly [key: string, value: string, metadata?: string])[]
}

type Parts = readonly (keyof SentContext)[]

/** Any context of these parts; `isPlain` for headers whose values are not encoded. */
export function generateContext(random: Random, parts: Parts, isPlain: boolean): SentContext {
  const debug = random.oneIn(4)
  const isHalf = random.oneIn(4)
  const all: SentContext = {
    traceId: isHalf ? `${'0'.repeat(16)}${id(random, 8)}` : id(random, 16),
    spanId: id(random, 8),
    // Without the debug flag in the headers a debug trace is a sampled one.
    sampled: debug || random.oneIn(2),
    debug,
    firehose: random.oneIn(4),
    random: random.oneIn(2),
    traceState: traceState(random),
    baggage: baggage(random, isPlain, !parts.includes('traceId')),
  }
  return only(all, parts)
}

/** What was read, as far as these parts go. */
export function toSent(propagated: Propagated, parts: Parts): SentContext {
  const { span, sampling, baggage: entries } = propagated
  const all: SentContext = {
    ...(span !== undefined && { traceId: span.traceId, spanId: span.spanId }),
    sampled: isSampled(sampling),
    debug: sampling === 'debug',
    firehose: span?.isFirehose === true,
    random: span?.isRandom === true,
    traceState: span?.traceState ?? '',
    baggage: entries.map(({ key, value, metadata }) =>
      metadata === undefined ? [key, value] : [key, value, metadata],
    ),
  }
  return only(all, parts)
}

/** What is to be written. */
export function fromSent(context: SentContext): Propagated {
  const { traceId, spanId, traceState: state = '' } = context
  const decision: Sampling = context.sampled === true ? 'accepted' : 'denied'
  return {
    ...(traceId !== undefined &&
      spanId !== undefined && {
        span: {
          traceId,
          spanId,
          ...(context.random === true && { isRandom: true }),
          ...(context.firehose === true && { isFirehose: true }),
          ...(state !== '' && { traceState: state }),
        },
      }),
    sampling: context.debug === true ? 'debug' : decision,
    baggage: (context.baggage ?? []).map(
      ([key, value, metadata]): BaggageEntry =>
        metadata === undefined ? { key, value } : { key, value, metadata },
    ),
  }
}

function only(context: SentContext, parts: Parts): SentContext {
  return Object.fromEntries(parts.map((part) => [part, context[part]]))
}

/** Some have zeros in front, which Jaeger's client leaves out. */
function id(random: Random, bytes: number): string {
  const drawn = random.bytes(bytes)
  if (random.oneIn(4)) drawn.fill(0, 0, random.below(bytes - 1))
  drawn[bytes - 1] = 1 + random.below(255)
  return Buffer.from(drawn).toString('hex')
}

function text(random: Random, characters: string, lengthMax: number): string {
  const all = [...characters]
  const length = 1 + random.below(lengthMax)
  return Array.from({ length }, () => all[random.below(all.length)] ?? '').join('')
}

const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at)).join('')

/** Within 512 characters and with keys of level 1, which OpenTelemetry's SDK keeps to. */
function traceState(random: Random): string {
  const values = printable.replace(',', '').replace('=', '')
  const members = Array.from({ length: random.below(9) }, (_, at) => {
    const vendor = random.oneIn(3) ? `@${text(random, 'abcxyz', 5)}` : ''
    // Spaces at the end are not part of a value.
    return `k${at}${text(random, 'abc0_-*/', 12)}${vendor}=${text(random, values, 24)}!`
  })
  return members.join()
}

const wide = `${printable}\t\n\u007fäß→日本語😀`

/** `isRich`: keys that are no tokens and properties, as W3C baggage has them. */
function baggage(random: Random, isPlain: boolean, isRich: boolean) {
  const length = isRich ? 1 + random.below(8) : random.below(8)
  return Array.from({ length }, (_, at): readonly [string, string] | [string, string, string] => {
    // Digits alone would be moved to the front of an object.
    const key = `k${at}${text(random, isRich ? `${printable}é日` : 'abc0_-.', 8)}`
    const value = text(random, isPlain ? printable : wide, 30)
    return isRich && random.oneIn(3) ? [key, value, 'p1=x;p2'] : [key, value]
  })
}
