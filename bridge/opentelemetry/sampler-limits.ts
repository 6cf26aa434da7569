import { checkedLimits } from './checked-limits.ts'
import type { RulesLimits } from './sampling-rules.ts'

/** Every bound of a sampler. */
export interface SamplerLimits extends RulesLimits {
  /** How often the gateway is asked; up to a tenth less, by chance. */
  readonly pollMs: number
  /** The wait after a question that got no strategy; it doubles up to `pollMs`. */
  readonly retryMs: number
  /** What an answer may take. */
  readonly timeoutMs: number
}

/** The limits unless others are asked for; as often as Jaeger's clients ask. */
export const defaultSamplerLimits: SamplerLimits = {
  pollMs: 60_000,
  retryMs: 1000,
  timeoutMs: 5000,
  operationsMax: 2000,
}

/**
 * The defaults with what differs.
 *
 * @throws RangeError as `checkedLimits`
 */
export function samplerLimits(limits?: Partial<SamplerLimits>): SamplerLimits {
  return checkedLimits('sampler', defaultSamplerLimits, limits)
}
