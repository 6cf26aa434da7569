import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import type { Test } from 'tap'

/**
 * Stands before a Cassandra and says of chosen writes that their replicas were late, after they have been done: what
 * a busy cluster says when it cannot know.
 *
 * Source: Apache Cassandra, native_protocol_v4.spec, sections 2, 4.1 and 9.
 *
 * @param isLate asked with the frame of each EXECUTE and BATCH
 * @returns the port on 127.0.0.1 where it listens until the test ends
 */
export function lateCassandra(
  t: Test,
  port: number,
  isLate: (frame: Buffer) => boolean,
): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const node = connect({ host: '127.0.0.1', port })
    const late = new Set<number>()
    eachFrame(client, (frame) => {
      if (writes.has(frame.readUInt8(opcodeAt)) && isLate(frame))
        late.add(frame.readInt16BE(streamAt))
      node.write(frame)
    })
    eachFrame(node, (frame) => {
      const stream = frame.readInt16BE(streamAt)
      client.write(late.delete(stream) ? writeTimeout(stream) : frame)
    })
    for (const [socket, other] of [
      [client, node],
      [node, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => other.destroy())
    }
  })
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

const headerBytes = 9
const streamAt = 2
const opcodeAt = 4
const lengthAt = 5
/** EXECUTE and BATCH. */
const writes: ReadonlySet<number> = new Set([0x0a, 0x0d])

function eachFrame(socket: Socket, take: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (data) => {
    rest = Buffer.concat([rest, data])
    while (rest.length >= headerBytes) {
      const end = headerBytes + rest.readUInt32BE(lengthAt)
      if (rest.length < end) return
      take(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  })
}

/** ERROR 0x1100, the answer of a version 4. */
function writeTimeout(stream: number): Buffer {
  const text = (value: string): Buffer =>
    Buffer.concat([shortBytes(value.length), Buffer.from(value)])
  const body = Buffer.concat([
    intBytes(0x1100),
    text('Operation timed out - received only 0 responses.'),
    shortBytes(localQuorum),
    intBytes(0),
    intBytes(1),
    text('SIMPLE'),
  ])
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(0x84)
  header.writeInt16BE(stream, streamAt)
  header.writeUInt32BE(body.length, lengthAt)
  return Buffer.concat([header, body])
}

const localQuorum = 6

function shortBytes(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function intBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
