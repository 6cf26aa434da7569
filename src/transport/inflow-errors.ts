import { GatewayError } from '../errors/gateway-error.ts'
import { strideBytes } from './inbound-connection.ts'
import type { StandingTime } from './standing-time.ts'

/** Who is refused for a standing queue is told to wait as long as there has been one, up to this. */
const retryAfterMsMax = 15_000

/** Requests take too long, and this one shares its connection with others. */
export function busyError(standing: StandingTime, retryAfterMs: number): GatewayError {
  const takes = Math.round(standing.meanMs)
  const standingMs = Math.min(standing.standingMs ?? 0, retryAfterMsMax)
  return refusal(
    `requests take ${takes} ms, and this connection has others under way`,
    Math.max(retryAfterMs, standingMs),
  )
}

/** A message stands still while others wait for room. */
export function stalledError(stalledAfterMs: number, retryAfterMs: number): GatewayError {
  const little = `less than ${strideBytes / 1024} KiB`
  return refusal(`${little} has come in ${stalledAfterMs} ms while memory is short`, retryAfterMs)
}

/** @param waitMs how long it waited, undefined when it was refused at once to make room for another one */
export function noRoomError(waitMs: number | undefined, retryAfterMs: number): GatewayError {
  const within = waitMs === undefined ? 'beside parts of others' : `within ${waitMs} ms`
  return refusal(`no room for the rest of it ${within}`, retryAfterMs)
}

function refusal(why: string, retryAfterMs: number): GatewayError {
  return new GatewayError('overloaded', `Cannot receive message: ${why}`, { retryAfterMs })
}
