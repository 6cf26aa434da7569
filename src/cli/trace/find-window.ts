import { durationMsOfText } from '../../config/duration.ts'
import { GatewayError } from '../../errors/gateway-error.ts'

/** The times of a search as the command line has them. */
export interface WindowFlags {
  /** A duration back from now. */
  readonly since?: string
  /** RFC 3339, or seconds since the epoch. */
  readonly start?: string
  readonly end?: string
}

/** Whole µs since the epoch, `[min, max)`. */
export interface FindWindow {
  readonly minMicros?: number
  readonly maxMicros?: number
}

/** @throws GatewayError 'invalid_argument' for a time that is none, or one before the other */
export function windowOfFlags({ since, start, end }: WindowFlags, nowMs: number): FindWindow {
  if (since !== undefined && start !== undefined) {
    throw refused('--since', 'cannot stand beside --start')
  }
  const sinceMs = since === undefined ? undefined : durationMsOfText(since)
  if (since !== undefined && sinceMs === undefined) {
    throw refused('--since', `must be a duration such as 30m or 2h, is "${since}"`)
  }
  const startMs = start === undefined ? undefined : timeOf('--start', start)
  const minMs = sinceMs === undefined ? startMs : nowMs - sinceMs
  const maxMs = end === undefined ? undefined : timeOf('--end', end)
  if (minMs !== undefined && maxMs !== undefined && minMs >= maxMs) {
    throw refused('--end', 'must be later than the start')
  }
  return {
    ...(minMs !== undefined && { minMicros: Math.round(minMs * 1000) }),
    ...(maxMs !== undefined && { maxMicros: Math.round(maxMs * 1000) }),
  }
}

function timeOf(flag: string, text: string): number {
  const isSeconds = /^[0-9]{9,11}(\.[0-9]+)?$/.test(text)
  const timeMs = isSeconds ? Number(text) * 1000 : Date.parse(text)
  if (isSeconds || (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(timeMs))) return timeMs
  throw refused(flag, `must be a time such as 2026-11-30T12:00:00Z or 1764504000, is "${text}"`)
}

function refused(flag: string, state: string): GatewayError {
  return new GatewayError('invalid_argument', `Cannot use ${flag}: ${state}`)
}
