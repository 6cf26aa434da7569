import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { Metadata } from '@grpc/grpc-js'
import t from 'tap'
import { asBytes, createClient, explain, urlOfEndpoint } from '../../src/cli/endpoint.ts'
import { startRefusingServer } from '../client/refusing-server.ts'

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

/** What a person is told of a call that fails. */
async function failureAt(endpoint: string, timeoutMs = 20_000): Promise<string> {
  const client = createClient(endpoint)
  const deadline = Date.now() + timeoutMs
  const error = await new Promise<unknown>((resolve) => {
    const bytes = new Uint8Array(0)
    client.makeUnaryRequest(path, asBytes, asBytes, bytes, new Metadata(), { deadline }, resolve)
  })
  client.close()
  return explain(error, endpoint)
}

t.test('explain() tells a server that refuses from one that is not there', async (t) => {
  const { address } = await startRefusingServer(t, [{ code: 14, details: 'the disk is full' }])
  t.equal(await failureAt(address), `UNAVAILABLE from ${address}: the disk is full`)
  const nobody = await failureAt('127.0.0.1:1')
  t.equal(nobody, 'Cannot reach 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1')
})

t.test('explain() tells of a port that does not speak gRPC', async (t) => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  t.match(await failureAt(`127.0.0.1:${port}`), /what is there does not speak gRPC \(/)
})

t.test(
  'explain() tells of a port that does not speak TLS, and of one that says nothing',
  async (t) => {
    const { address } = await startRefusingServer(t, [])
    const plain = `https://${address}`
    const state = 'what is there does not speak TLS (TLS: wrong version number)'
    t.equal(await failureAt(plain), `Cannot reach ${plain}: ${state}`)
    const silent = createTcpServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const sockets: Socket[] = []
    silent.on('connection', (socket) => sockets.push(socket))
    t.teardown(() => {
      silent.close()
      for (const socket of sockets) socket.destroy()
    })
    const quiet = `127.0.0.1:${(silent.address() as AddressInfo).port}`
    t.equal(await failureAt(quiet, 300), `Cannot ask ${quiet}: no answer in time`)
  },
)

t.test('urlOfEndpoint() takes host:port and http(s) URLs', async (t) => {
  const urls = {
    'localhost:16685': 'http://localhost:16685/',
    '127.0.0.1:80': 'http://127.0.0.1/',
    '[::1]:4317': 'http://[::1]:4317/',
    'http://gateway:16686': 'http://gateway:16686/',
    'HTTPS://me:secret@gateway/tracing/': 'https://me:secret@gateway/tracing/',
  }
  for (const [endpoint, url] of Object.entries(urls)) t.equal(urlOfEndpoint(endpoint).href, url)
})

t.test('urlOfEndpoint() refuses what is neither', async (t) => {
  for (const endpoint of [
    '',
    'localhost',
    ':1',
    'a b:1',
    'localhost:123456',
    'ftp://a:1',
    'http://',
    'a:1/b',
    'me@a:1',
  ]) {
    const message = `Cannot use --endpoint: must be host:port or an http(s) URL, is "${endpoint}"`
    t.throws(() => urlOfEndpoint(endpoint), { code: 'invalid_argument', message })
  }
})

t.test('createClient() asks where the address says', async (t) => {
  const targets = {
    'localhost:16685': 'dns:localhost:16685',
    'http://gateway:16685': 'dns:gateway:16685',
    'http://gateway': 'dns:gateway:80',
    'https://gateway': 'dns:gateway:443',
    '[::1]:4317': 'dns:[::1]:4317',
  }
  for (const [endpoint, target] of Object.entries(targets)) {
    const client = createClient(endpoint)
    t.equal(client.getChannel().getTarget(), target)
    client.close()
  }
})

t.test('createClient() refuses a user, a path and a query, which gRPC has not', async (t) => {
  for (const endpoint of ['http://me:secret@a:1', 'http://a:1/b', 'http://a:1?b', 'http://a:1#b']) {
    t.throws(() => createClient(endpoint), { code: 'invalid_argument', message: /gRPC has no/ })
  }
})
