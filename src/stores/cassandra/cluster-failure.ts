import cassandra from 'cassandra-driver'
import { GatewayError } from '../../errors/gateway-error.ts'

const wrongPassword = 'user:password@ of the address is wrong or missing'

/** How long a client should wait before it tries again a cluster that is away or overloaded. */
const retryAfterMs = 5000

/** Codes of Cassandra's errors that an operator has to mend, by the native protocol, v5 §9. */
const responseCodes = cassandra.types.responseErrorCodes
const mended = new Map<number, string>([
  [responseCodes.badCredentials, wrongPassword],
  [responseCodes.unauthorized, 'the user lacks the right'],
  [responseCodes.syntaxError, 'it does not understand the statement'],
  [
    responseCodes.configError,
    'it does not take these settings of a table, or of a keyspace as replication= of the address has them',
  ],
])

/** Codes of what may go well later; for all others the cluster is said to be away. */
const passing = new Map<number, string>([
  [responseCodes.unavailableException, 'too few replicas are up for the consistency'],
  [responseCodes.writeTimeout, 'replicas of Cassandra were late'],
  [responseCodes.readTimeout, 'replicas of Cassandra were late'],
  [responseCodes.writeFailure, 'replicas of Cassandra failed'],
  [responseCodes.readFailure, 'replicas of Cassandra failed'],
  [responseCodes.overloaded, 'Cassandra is overloaded'],
  [
    // The driver prepares again what a node has forgotten: this is one that the node then refused.
    responseCodes.unprepared,
    `Cassandra has forgotten a statement and does not take it again; a table may be gone, "spangate schema verify" looks`,
  ],
])

/**
 * What the driver threw, as an error for callers. Anything but wrong rights and tables, and what is too large, may go
 * well later: nodes come back, and what was written in part is written again under the same keys.
 *
 * @param action what failed, for example `Cannot store spans`
 */
export function clusterFailure(action: string, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error
  const cause = innermost(error)
  if (cause instanceof cassandra.errors.AuthenticationError) {
    return unusable(action, wrongPassword, cause)
  }
  const datacentre = otherDatacentre(cause)
  if (datacentre !== undefined) {
    return new GatewayError('bad_settings', `${action}: ${datacentre}`, { cause })
  }
  if (cause instanceof cassandra.errors.ResponseError) {
    const size = oversizeOf(cause)
    if (size !== undefined) return new GatewayError('too_large', `${action}: ${size}`, { cause })
    const state = cause.code === responseCodes.invalid ? invalidText(cause) : mended.get(cause.code)
    if (state !== undefined) return unusable(action, state, cause)
  }
  const text = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof cassandra.errors.ResponseError ? cause.code : undefined
  const state = passing.get(code ?? -1) ?? 'Cassandra is away'
  return new GatewayError('store_unavailable', `${action}: ${state} (${text})`, {
    cause: error,
    retryAfterMs,
  })
}

/** A statement is invalid for what is in the keyspace, unless the cluster forbids what it could do. */
function invalidText({ message }: cassandra.errors.ResponseError): string {
  return /guardrail|batch too large/i.test(message)
    ? 'a limit of the cluster forbids it'
    : 'a table is missing or is another one'
}

/** What the driver says of a data centre that it was told, and that no node is in. */
function otherDatacentre(cause: unknown): string | undefined {
  if (!(cause instanceof cassandra.errors.ArgumentError)) return undefined
  const [, told, found = ''] =
    /^Datacenter (.*) was not found\. Available DCs are: \[(.*)\]/.exec(cause.message) ?? []
  if (told === undefined) return undefined
  return `no node is in data centre "${told}", which dc= of the address names; there is ${found.split(',').sort().join(', ')}`
}

/**
 * Words in which a node refuses a statement for its size, each with the size and the limit; they have no code of
 * their own. The mutation may be longer than the request, as each element of a list is a cell with a key.
 *
 * Source: what 5.0.9 answers.
 */
const oversizes: readonly (readonly [pattern: RegExp, setting: string])[] = [
  [
    /Request is too big: length (\d+) exceeds maximum allowed length (\d+)/,
    'native_transport_max_frame_size',
  ],
  [/oversized mutation \((\d+)\/(\d+)\)/, 'commitlog_segment_size'],
]

function oversizeOf({ message }: cassandra.errors.ResponseError): string | undefined {
  for (const [pattern, setting] of oversizes) {
    const [, bytes, most] = pattern.exec(message) ?? []
    if (most !== undefined) {
      return `a row has ${bytes} bytes, Cassandra takes at most ${most} (its ${setting})`
    }
  }
  return undefined
}

/** No answer came within the time that a statement has. */
export class LateAnswer extends Error {}

/** True for an answer that took too long. */
export function isTimeout(error: unknown): boolean {
  const cause = innermost(error instanceof GatewayError ? error.cause : error)
  return (
    cause instanceof LateAnswer ||
    cause instanceof cassandra.errors.OperationTimedOutError ||
    (cause instanceof cassandra.errors.ResponseError && cause.code === responseCodes.readTimeout)
  )
}

/** True for an answer that a right is missing. */
export function isUnauthorized(error: unknown): boolean {
  const cause = error instanceof GatewayError ? error.cause : error
  return (
    cause instanceof cassandra.errors.ResponseError && cause.code === responseCodes.unauthorized
  )
}

/** True for an answer that a table is not there, not yet there, or is another one. */
export function isUnknownTable(error: unknown): boolean {
  const cause = error instanceof GatewayError ? error.cause : error
  if (!(cause instanceof cassandra.errors.ResponseError)) return false
  // The second is what a node says that is just making it.
  const isBeingMade =
    cause.code === responseCodes.serverError && cause.message.includes('Unknown CF')
  return cause.code === responseCodes.invalid || isBeingMade
}

/** True for an answer that may be due to tables which were dropped, whether they are there again or not. */
export function isTableGone(error: unknown): boolean {
  const cause = innermost(error instanceof GatewayError ? error.cause : error)
  if (!(cause instanceof cassandra.errors.ResponseError)) return false
  return cause.code === responseCodes.invalid || cause.code === responseCodes.unprepared
}

function unusable(action: string, state: string, cause: Error): GatewayError {
  return new GatewayError('store_unusable', `${action}: ${state} (${cause.message})`, { cause })
}

/** Of several nodes that failed, one whose reason says more than that it did not answer. */
function innermost(error: unknown): unknown {
  if (!(error instanceof cassandra.errors.NoHostAvailableError)) return error
  const inner: unknown[] = Object.values(error.innerErrors ?? {})
  const telling = inner.find(
    (one) =>
      one instanceof cassandra.errors.AuthenticationError ||
      one instanceof cassandra.errors.ResponseError,
  )
  return telling ?? inner.find((one) => one instanceof Error) ?? error
}
