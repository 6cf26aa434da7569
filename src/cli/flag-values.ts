import { byteSizeOfText } from '../config/byte-size.ts'
import { durationMsOfText } from '../config/duration.ts'
import { GatewayError } from '../errors/gateway-error.ts'

/** @throws GatewayError 'invalid_argument' for what is no number in the limits */
export function numberOf(
  flag: string,
  text: string,
  limits: { readonly min: number; readonly max: number },
): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= limits.min && value <= limits.max) return value
  throw new GatewayError(
    'invalid_argument',
    `Cannot use ${flag}: must be a number from ${limits.min} to ${limits.max}, is "${text}"`,
  )
}

/** @throws GatewayError 'invalid_argument' for what is no size from 1KiB to 1GiB */
export function sizeOf(flag: string, text: string): number {
  const bytes = byteSizeOfText(text)
  // Longer ones do not fit into one buffer, twice, with every version of Node.
  if (bytes !== undefined && bytes >= 1024 && bytes <= 1024 ** 3) return bytes
  throw new GatewayError(
    'invalid_argument',
    `Cannot use ${flag}: must be a size from 1KiB to 1GiB, is "${text}"`,
  )
}

/** Milliseconds. @throws GatewayError 'invalid_argument' for what is no duration */
export function durationOf(flag: string, text: string): number {
  const valueMs = durationMsOfText(text)
  if (valueMs !== undefined) return valueMs
  throw new GatewayError(
    'invalid_argument',
    `Cannot use ${flag}: must be a duration such as 30s or 5m, is "${text}"`,
  )
}
