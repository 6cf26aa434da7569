/** Bounds on what is read and written; past them a part is left out and the loss names the limit. */
export interface PropagationLimits {
  /** Headers that are looked at, in their order. */
  readonly fieldsMax: number
  /** Length of the value of one header, and of equally named ones together. */
  readonly fieldBytesMax: number
  /** Members of a tracestate. More than 32 are against its rules, and void it. */
  readonly traceStateMembersMax: number
  /** Length of a tracestate that is written. */
  readonly traceStateBytesMax: number
  /** Entries of baggage. */
  readonly baggageMembersMax: number
  /** Length of one entry as written, with its properties. */
  readonly baggageMemberBytesMax: number
  /** Length of all entries as written, with what separates them. */
  readonly baggageBytesMax: number
}

/**
 * The limits unless others are asked for.
 *
 * Those of baggage are what OpenTelemetry's SDKs keep to; the W3C only asks for 64 members and 8192
 * bytes at least. 8192 is also the line of a header at which common proxies stop, and 32 KiB more
 * than the longest tracestate that follows the rules (32 members of 513 characters).
 */
export const defaultPropagationLimits: PropagationLimits = {
  fieldsMax: 1000,
  fieldBytesMax: 32 * 1024,
  traceStateMembersMax: 32,
  traceStateBytesMax: 8192,
  baggageMembersMax: 180,
  baggageMemberBytesMax: 4096,
  baggageBytesMax: 8192,
}
