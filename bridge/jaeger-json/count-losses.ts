import type { JaegerLoss } from '../jaeger-proto/count-losses.ts'
import { lostInJaeger, warningsIn } from '../jaeger-proto/count-losses.ts'
import { unknownInGroups } from '../model/count-unknown.ts'
import type { Losses } from '../model/losses.ts'
import { LossCounter } from '../model/losses.ts'
import type { SpanGroup } from '../model/span.ts'

/** What Jaeger's JSON has no place for besides what its spans have none for. */
export const jsonOnlyLosses = ['nanoseconds'] as const
/** A kind of loss in Jaeger's JSON. */
export type JaegerJsonLoss = JaegerLoss | (typeof jsonOnlyLosses)[number]

/** What of these groups is not in the JSON that `jaegerTracesOf` makes of them. */
export function lostInJaegerJson(groups: readonly SpanGroup[]): Losses<JaegerJsonLoss> {
  const lost = new LossCounter<JaegerJsonLoss>()
  lost.addAll(lostInJaeger(groups))
  // Its messages carry most of them on, JSON none.
  lost.counts.delete('unknown_fields')
  lost.add('unknown_fields', unknownInGroups(groups))
  for (const { spans } of groups) {
    for (const { startUnixNano, endUnixNano, events } of spans) {
      if (!isWhole(startUnixNano) || !isWhole(endUnixNano - startUnixNano)) lost.add('nanoseconds')
      for (const event of events) if (!isWhole(event.timeUnixNano)) lost.add('nanoseconds')
    }
  }
  return lost.counts
}

/** The same of Jaeger's Thrift, which has no warnings: they are a tag of text. */
export function lostInJaegerThrift(groups: readonly SpanGroup[]): Losses<JaegerJsonLoss> {
  const lost = new LossCounter<JaegerJsonLoss>()
  lost.addAll(lostInJaegerJson(groups))
  for (const { spans } of groups) {
    for (const span of spans) lost.add('attribute_type', warningsIn(span) === undefined ? 0 : 1)
  }
  return lost.counts
}

function isWhole(nano: bigint): boolean {
  return nano % 1000n === 0n
}
