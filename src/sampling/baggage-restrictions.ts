import { GatewayError } from '../errors/gateway-error.ts'

/** How long a value of one baggage item may be. */
export interface BaggageRestriction {
  readonly baggageKey: string
  /** Letters, as clients count them. */
  readonly maxValueLength: number
}

/**
 * Reads `key:length` entries of the setting.
 *
 * @throws GatewayError bad_settings that names the entry
 */
export function readBaggageRestrictions(entries: readonly string[]): readonly BaggageRestriction[] {
  return entries.map((entry) => {
    const { key = '', length = '' } = /^(?<key>.+):(?<length>\d{1,9})$/.exec(entry)?.groups ?? {}
    if (key !== '') return { baggageKey: key, maxValueLength: Number(length) }
    throw new GatewayError(
      'bad_settings',
      `Cannot use sampling.baggage-restrictions: "${entry}" must be a key and a length, such as user:64`,
    )
  })
}
