import type { PropagationLimits } from './limits.ts'
import type { LossReason } from './loss.ts'

/** Keeps baggage within its limits, whichever headers it is in. */
export interface BaggageSize {
  /** Takes an entry of this length; otherwise the reason why it has no room. */
  take(lengthBytes: number): Extract<LossReason, `limit_${string}`> | undefined
}

/** No entry taken. An entry without room does not end the count: a shorter one may have. */
export function createBaggageSize(limits: PropagationLimits): BaggageSize {
  let members = 0
  let total = 0
  return {
    take(lengthBytes) {
      if (lengthBytes > limits.baggageMemberBytesMax) return 'limit_member_bytes'
      if (members === limits.baggageMembersMax) return 'limit_members'
      const withSeparator = lengthBytes + (members > 0 ? 1 : 0)
      if (total + withSeparator > limits.baggageBytesMax) return 'limit_total_bytes'
      members++
      total += withSeparator
      return undefined
    },
  }
}
