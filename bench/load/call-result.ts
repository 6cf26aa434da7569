/** How a call ended. */
export interface CallResult {
  /** `0` and so on of gRPC, `HTTP 429` of HTTP, or `connection` when it was lost. */
  readonly status: string
  /** True when everything was accepted, apart from a partial success. */
  readonly isOk: boolean
  /** True when a RetryInfo or Retry-After says when to try again. */
  readonly hasRetryInfo: boolean
  readonly message: string
}

/** Gets the end of a call, once. */
export type OnResult = (result: CallResult) => void

/** A connection that messages are sent over. */
export interface LoadConnection {
  /** Calls that have not ended. */
  readonly inFlight: number
  /**
   * Sends a message and tells how the call ended.
   *
   * @param framed the frame of gRPC and the message; must stay as it is until it is sent
   */
  send(framed: Buffer, onResult: OnResult): void
  close(): void
}

/** The peer went away in order and has not looked at the call: it may be sent again (RFC 9113, 6.8). */
export const notTaken: CallResult = {
  status: 'not taken',
  isOk: false,
  hasRetryInfo: false,
  message: 'the peer goes away and has not taken the call',
}

/** The connection ended before the answer. */
export function lostConnection(message: string): CallResult {
  return { status: 'connection', isOk: false, hasRetryInfo: false, message }
}
