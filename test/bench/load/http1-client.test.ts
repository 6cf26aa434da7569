import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import t from 'tap'
import type { CallResult } from '../../../bench/load/call-result.ts'
import { Http1Client } from '../../../bench/load/http1-client.ts'

type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void

async function connect(t: Test, answer: Answer): Promise<Http1Client> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => answer(request, Buffer.concat(parts), response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = await Http1Client.connect({
    host: '127.0.0.1',
    port,
    post: { path: '/v1/traces', contentType: 'application/x-protobuf' },
  })
  t.teardown(() => {
    client.close()
    server.close()
    server.closeAllConnections()
  })
  return client
}

function call(client: Http1Client, text: string): Promise<CallResult> {
  const framed = Buffer.concat([Buffer.alloc(5), Buffer.from(text)])
  return new Promise((resolve) => client.send(framed, resolve))
}

t.test('send() posts the message without the frame of gRPC and gives the status', async (t) => {
  const client = await connect(t, (request, body, response) => {
    t.equal(request.url, '/v1/traces')
    t.equal(request.headers['content-type'], 'application/x-protobuf')
    const code = Number(body.toString())
    response.statusCode = code
    if (code === 503) response.setHeader('retry-after', '1')
    response.end(code === 200 ? '' : 'some words')
  })
  t.match(await call(client, '200'), { status: '0', isOk: true })
  t.match(await call(client, '400'), { status: 'HTTP 400', isOk: false, message: 'some words' })
  t.match(await call(client, '503'), { status: 'HTTP 503', hasRetryInfo: true })
  t.match(await call(client, '200'), { status: '0', isOk: true }, 'the connection stays open')
})

t.test('send() takes chunked answers', async (t) => {
  const client = await connect(t, (_request, _body, response) => {
    response.write('a')
    response.end('b')
  })
  t.match(await call(client, 'x'), { status: '0' })
  t.match(await call(client, 'y'), { status: '0' })
})

t.test('a call ends when the connection is lost', async (t) => {
  const client = await connect(t, (request) => void request.socket.destroy())
  t.match(await call(client, 'x'), { status: 'connection', isOk: false })
})
