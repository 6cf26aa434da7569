import type { Http2Session } from 'node:http2'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { CallResult } from '../../../bench/load/call-result.ts'
import { RenewedClient } from '../../../bench/load/renewed-client.ts'

t.test(
  'a client finishes what a peer that goes away has taken, and sends the rest elsewhere',
  async (t) => {
    const sessions: Http2Session[] = []
    const answers: (() => void)[] = []
    const server = createServer()
    server.on('session', (session) => sessions.push(session))
    server.on('stream', (stream) => {
      stream.resume()
      answers.push(() =>
        stream.respond({ ':status': 200, 'grpc-status': '0' }, { endStream: true }),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = await RenewedClient.connect({ host: '127.0.0.1', port, path: '/a.B/C' })
    t.teardown(() => {
      client.close()
      server.close()
    })
    const call = () => new Promise<CallResult>((resolve) => client.send(Buffer.alloc(5), resolve))
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise((resolve) => setImmediate(resolve))
    }
    const first = call()
    await until(() => answers.length === 1)
    sessions[0]?.close()
    // Sent before the client knows, and not taken there.
    const second = call()
    await until(() => answers.length === 2)
    t.equal(sessions.length, 2)
    t.equal(client.inFlight, 2)
    for (const answer of answers) answer()
    t.match(await Promise.all([first, second]), [{ isOk: true }, { isOk: true }])
    t.equal(client.inFlight, 0)
  },
)
