import { connect } from 'node:http2'

/** An Export call whose message is still arriving. */
export interface UnfinishedExport {
  /** Sends the rest; resolves with the gRPC status number of the answer. */
  finish(): Promise<number>
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>
}

/** Sends all of a request but its last byte, and leaves the gateway waiting for that. */
export async function unfinishedExport(
  address: string,
  request: Uint8Array,
): Promise<UnfinishedExport> {
  const session = connect(`http://${address}`)
  // The end of the gateway may end the connection; whoever waits for the answer learns of it.
  session.on('error', () => {})
  const closed = new Promise<void>((resolve) => session.once('close', resolve))
  const call = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  call.on('error', () => {})
  const status = new Promise<number>((resolve) => {
    const read = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']))
    }
    call.once('response', read)
    call.once('trailers', read)
    call.once('close', () => resolve(-1))
  })
  call.resume()
  const frame = Buffer.alloc(5 + request.length)
  frame.writeUInt32BE(request.length, 1)
  frame.set(request, 5)
  await new Promise<void>((resolve, reject) => {
    call.write(frame.subarray(0, -1), (error) => (error ? reject(error) : resolve()))
  })
  // The gateway has read what was sent before it answers what is sent after.
  await new Promise<void>((resolve, reject) => {
    session.ping((error) => (error ? reject(error) : resolve()))
  })
  return {
    closed,
    finish() {
      call.end(frame.subarray(-1))
      return status
    },
  }
}
