/** Bytes that do not follow the wire format; nothing after `offset` was read. */
export class WireError extends Error {
  override readonly name = 'WireError'
  /** Where in the message, in bytes from its start. */
  readonly offset: number
  /** What is wrong; closed, so that it can be counted and tested. */
  readonly code: WireErrorCode

  constructor(code: WireErrorCode, message: string, offset: number) {
    super(`${message} at byte ${offset}`)
    this.code = code
    this.offset = offset
  }
}

/** Ways in which bytes can be broken. */
export const wireErrorCodes = [
  'truncated',
  'bad_varint',
  'bad_tag',
  'bad_wire_type',
  'bad_length',
  'bad_utf8',
  'too_deep',
  'too_many',
  'bad_value',
  'bad_json',
] as const
/** One of `wireErrorCodes`. */
export type WireErrorCode = (typeof wireErrorCodes)[number]
