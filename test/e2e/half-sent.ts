import type { ClientHttp2Session } from 'node:http2'
import { connect } from 'node:http2'

/** Connections whose clients have stopped in the middle of a message. */
export interface HalfSent {
  /** How many of them were told a status, by its number. */
  readonly statuses: Readonly<Record<string, number>>
  close(): void
}

/** Opens connections that each announce a message, send half of it and stop. */
export function sendHalves(address: string, connections: number, messageBytes: number): HalfSent {
  const half = Buffer.alloc(messageBytes / 2)
  const statuses: Record<string, number> = {}
  const sessions = Array.from({ length: connections }, () => sendHalf(address, half, statuses))
  return {
    statuses,
    close: () => {
      for (const session of sessions) session.destroy()
    },
  }
}

function sendHalf(
  address: string,
  half: Buffer,
  statuses: Record<string, number>,
): ClientHttp2Session {
  const session = connect(`http://${address}`)
  // It may be cut, as it deserves.
  session.on('error', () => {})
  const stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  stream.on('error', () => {})
  stream.on('response', (headers) => {
    const status = String(headers['grpc-status'])
    statuses[status] = (statuses[status] ?? 0) + 1
  })
  stream.resume()
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(half.length * 2, 1)
  stream.write(prefix)
  stream.write(half)
  return session
}
