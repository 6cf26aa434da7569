import type { HeaderSource } from '../../../bridge/propagation/carrier.ts'
import { carrierOf } from '../../../bridge/propagation/carrier.ts'
import type { Extracted, Format } from '../../../bridge/propagation/format.ts'
import type { Loss } from '../../../bridge/propagation/loss.ts'

/** What a format reads from these headers. */
export function readHeaders(format: Format, headers: HeaderSource): Extracted {
  return format.extract(carrierOf(headers))
}

/** Each loss as one word to compare: `b3: malformed 1`. */
export function lossTexts(losses: readonly Loss[]): readonly string[] {
  return losses.map(({ field, reason, count }) => `${field}: ${reason} ${count}`)
}
