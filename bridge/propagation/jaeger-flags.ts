import type { Sampling, SpanReference } from './propagated.ts'
import { isSampled } from './propagated.ts'
import { bitCount } from './traceparent.ts'

const sampledFlag = 1
const debugFlag = 2
const firehoseFlag = 8

/**
 * Flags of Jaeger's clients: 1 sampled, 2 debug, which means sampled as well, 8 firehose; how many others
 * are set, which have no meaning.
 *
 * Source: jaeger documentation, client-libraries, Propagation Format.
 */
export function readJaegerFlags(flags: number): {
  readonly sampling: Sampling
  readonly isFirehose: boolean
  readonly reservedFlags: number
} {
  const isDebug = (flags & debugFlag) !== 0
  const decided = (flags & sampledFlag) !== 0 ? 'accepted' : 'denied'
  return {
    sampling: isDebug ? 'debug' : decided,
    isFirehose: (flags & firehoseFlag) !== 0,
    reservedFlags: bitCount(flags & ~(sampledFlag | debugFlag | firehoseFlag)),
  }
}

/** The other way. */
export function writeJaegerFlags({ isFirehose }: SpanReference, sampling: Sampling): number {
  return (
    (isSampled(sampling) ? sampledFlag : 0) |
    (sampling === 'debug' ? debugFlag : 0) |
    (isFirehose === true ? firehoseFlag : 0)
  )
}
