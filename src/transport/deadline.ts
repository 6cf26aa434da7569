/**
 * How long before our own deadline a client's may pass: we count `grpc-timeout` from when the request
 * has reached us, the client from when it began to send.
 */
const lagMs = 100

/**
 * True when a call that its client has just cancelled ended by its deadline, as against a client
 * that lost interest.
 *
 * @param deadlineUnixMs infinite when there is none
 */
export function isDeadlineOver(deadlineUnixMs: number, nowUnixMs = Date.now()): boolean {
  return nowUnixMs >= deadlineUnixMs - lagMs
}
