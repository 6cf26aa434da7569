import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import type { Test } from 'tap'
import t from 'tap'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import type { HttpRequest } from '../../src/transport/http-route.ts'
import type { TestHttpOptions } from './start-http-listener.ts'
import { answerLength, RawConnection, startHttpListener } from './start-http-listener.ts'
import { until } from './start-listener.ts'

const mebi = 1024 * 1024
const text = { 'content-type': 'text/plain' }

async function start(t: Test, options: TestHttpOptions = {}) {
  const listener = await startHttpListener(options)
  t.teardown(() => listener.close())
  return listener
}

t.test('a body is given to its handler whole, with and without a length', async (t) => {
  const bodies: Buffer[] = []
  const handle = (request: HttpRequest) => {
    bodies.push(Buffer.concat(request.pieces))
    return answerLength(request)
  }
  const { url, budget } = await start(t, { handle, maxMessageBytes: 4 * mebi })
  for (const size of [0, 1, 5000, 400_000, 3 * mebi]) {
    const body = randomBytes(size)
    for (const encoding of ['identity', 'gzip', 'deflate', 'zlib', 'x-gzip'] as const) {
      const packed = encoding.endsWith('gzip') ? gzipSync(body) : deflateSync(body)
      const sent = encoding === 'identity' ? body : packed
      const headers = { ...text, 'content-encoding': encoding }
      const stream = new Blob([new Uint8Array(sent)]).stream()
      const chunked = { body: stream, duplex: 'half' } as const
      for (const how of [{ body: new Uint8Array(sent) }, chunked]) {
        const response = await fetch(url, { method: 'POST', headers, ...how })
        t.equal(response.status, 200, `${size} ${encoding}`)
        t.equal(await response.text(), String(size))
        t.ok(bodies.pop()?.equals(body), 'the same bytes')
      }
    }
  }
  await until(() => budget.usedBytes === 0)
})

t.test(
  'no part of an answer waits for the client to have said that it has the one before',
  async (t) => {
    const asked: [number | undefined, boolean | undefined][] = []
    const { setNoDelay } = Socket.prototype
    Socket.prototype.setNoDelay = function (noDelay) {
      asked.push([this.localPort, noDelay])
      return setNoDelay.call(this, noDelay)
    }
    t.teardown(() => {
      Socket.prototype.setNoDelay = setNoDelay
    })
    const { port } = await start(t)
    const client = connect(port, '127.0.0.1')
    t.teardown(() => client.destroy())
    client.write('GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(client, 'data')
    t.same(asked, [[port, true]], "of the server's side, and of no other socket")
  },
)

t.test('a request that HTTP has an answer for is refused before its body', async (t) => {
  const { url } = await start(t, { handle: () => Promise.reject(new Error('not reached')) })
  const post = { method: 'POST', headers: text, body: 'x' }
  const cases: readonly (readonly [number, string, RequestInit])[] = [
    [404, url.replace('/test', '/other'), post],
    [405, url, { method: 'GET' }],
    [405, url, { ...post, method: 'PUT' }],
    [405, url, { method: 'OPTIONS' }],
    [415, url, { ...post, headers: {} }],
    [415, url, { ...post, headers: { ...text, 'content-encoding': 'br' } }],
    [415, url, { ...post, headers: { ...text, 'content-encoding': 'gzip, gzip' } }],
  ]
  for (const [status, address, init] of cases) {
    const response = await fetch(address, init)
    t.equal(response.status, status)
    const { headers } = response
    if (status === 405) t.equal(headers.get('allow'), 'POST')
    if (status === 415 && init.headers !== undefined && 'content-encoding' in init.headers) {
      t.equal(headers.get('accept-encoding'), 'gzip, deflate')
    }
    t.not(await response.text(), '')
  }
})

t.test('a body in a transfer coding that is not known is 501', async (t) => {
  const { port, budget } = await start(t)
  // Of the first Node itself cannot tell where it ends, and breaks the connection off behind the answer.
  for (const coding of ['gzip', 'gzip, chunked', 'Deflate, chunked', 'x-own, chunked']) {
    const raw = new RawConnection(port)
    raw.post([`Transfer-Encoding: ${coding}`])
    raw.socket.write('1\r\nx\r\n0\r\n\r\n')
    const answer = await raw.receives('compress by Content-Encoding')
    t.match(answer, /^HTTP\/1\.1 501 .*its transfer coding is "/s, coding)
    raw.socket.destroy()
  }
  await until(() => budget.usedBytes === 0)
})

t.test('bytes that are no HTTP are answered as Node does it, and counted', async (t) => {
  const { port, metrics } = await start(t)
  const head = 'POST /test HTTP/1.1\r\nHost: x\r\n'
  const broken: readonly [string, number, string][] = [
    [`${head}Content-Length: -5\r\n\r\n`, 400, 'Invalid character in Content-Length'],
    [
      `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
      "Transfer-Encoding can't be present with Content-Length",
    ],
    [`${head}X-Long: ${'x'.repeat(100_000)}\r\n\r\n`, 431, 'Header overflow'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'it is HTTP/2, .* gRPC has ports of its own'],
    ['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 400, 'it is TLS, '],
  ]
  for (const [bytes, status, why] of broken) {
    const raw = new RawConnection(port)
    raw.socket.write(Buffer.from(bytes, 'latin1'))
    await raw.closed
    t.match(
      raw.received,
      new RegExp(`^HTTP/1\\.1 ${status} .*\\r\\n\\r\\nCannot read request: ${why}`, 's'),
    )
  }
  const rendered = await metrics.render()
  t.match(rendered, 'spangate_http_failures_total{listener="test",status="400"} 4')
  t.match(rendered, 'spangate_http_failures_total{listener="test",status="431"} 1')
})

t.test('a body over the limit is 413: by its header, as it comes, and decompressed', async (t) => {
  const { url, port, budget, metrics } = await start(t, { maxMessageBytes: 100_000 })
  const raw = new RawConnection(port)
  raw.post(['Content-Length: 100001'])
  t.match(
    await raw.receives('bytes, test'),
    /^HTTP\/1\.1 413 .*has 100001 bytes, test\.max-message-size is 100000/s,
  )
  raw.socket.destroy()

  const chunks = new RawConnection(port)
  chunks.post(['Transfer-Encoding: chunked'])
  chunks.socket.write(`20000\r\n${'x'.repeat(0x20000)}\r\n`)
  t.match(await chunks.receives('test.max'), /^HTTP\/1\.1 413 /)
  await chunks.closed

  for (const encoding of ['gzip', 'deflate']) {
    const plain = Buffer.alloc(64 * mebi)
    const body = encoding === 'gzip' ? gzipSync(plain) : deflateSync(plain)
    t.ok(body.length < 100_000)
    const headers = { ...text, 'content-encoding': encoding }
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
    t.equal(response.status, 413)
    t.match(await response.text(), 'it decompresses to more, test.max-message-size is 100000')
  }
  t.match(
    await metrics.render(),
    'spangate_messages_given_up_total{listener="test",reason="too_large"} 4',
  )
  await until(() => budget.usedBytes === 0)
})

t.test('a bomb does not hold more than its limit', async (t) => {
  const { url, budget } = await start(t, { maxMessageBytes: 4 * mebi })
  let mostBytes = 0
  const take = budget.acquire.bind(budget)
  budget.acquire = async (claim) => {
    await take(claim)
    mostBytes = Math.max(mostBytes, budget.usedBytes)
  }
  const body = new Uint8Array(gzipSync(Buffer.alloc(256 * mebi)))
  const headers = { ...text, 'content-encoding': 'gzip' }
  const response = await fetch(url, { method: 'POST', headers, body })
  t.equal(response.status, 413)
  t.ok(mostBytes > mebi && mostBytes <= 5 * mebi, `${mostBytes} bytes`)
})

t.test('bytes that are not what the encoding says are 400', async (t) => {
  const { url } = await start(t)
  const headers = { ...text, 'content-encoding': 'gzip' }
  for (const body of ['not gzip', new Uint8Array(gzipSync('cut off').subarray(0, 12))]) {
    const response = await fetch(url, { method: 'POST', headers, body })
    t.equal(response.status, 400)
    t.match(await response.text(), '3 Cannot decompress message: it is not gzip')
  }
})

t.test('a body that stands still is 408, headers that do cut the connection', async (t) => {
  const times = { headersMs: 150, idleMs: 1500 }
  const { port, budget, metrics } = await start(t, { stalledAfterMs: 150, times })
  const body = new RawConnection(port)
  body.post(['Content-Length: 10'], 'half')
  t.match(await body.receives('stalled-after'), /^HTTP\/1\.1 408 .*connection: close/s)
  await body.closed
  const headers = new RawConnection(port)
  headers.socket.write('POST /test HTTP/1.1\r\nHo')
  const silent = new RawConnection(port)
  await headers.closed
  t.notOk(silent.socket.destroyed, 'who says nothing has longer')
  await silent.closed
  t.equal(headers.received, '')
  t.equal(budget.usedBytes, 0)
  t.match(
    await metrics.render(),
    'spangate_messages_given_up_total{listener="test",reason="stalled"} 1',
  )
})

t.test('a body that trickles has an end too', async (t) => {
  const { port } = await start(t, { times: { requestMs: 200 } })
  const body = new RawConnection(port)
  body.post(['Content-Length: 100000'])
  const trickle = setInterval(() => body.socket.write('x'), 20)
  t.match(await body.receives('has not arrived'), /^HTTP\/1\.1 408 .*within 200 ms/s)
  clearInterval(trickle)
})

t.test('without room a request waits, and is 503 with Retry-After in the end', async (t) => {
  const { url, budget } = await start(t, {
    boundBytes: 4 * mebi,
    waitMs: 300,
    stalledAfterMs: 60_000,
  })
  budget.take(4 * mebi)
  const post = () => fetch(url, { method: 'POST', headers: text, body: 'x'.repeat(mebi) })
  const refused = await post()
  t.equal(refused.status, 503)
  t.equal(refused.headers.get('retry-after'), '1')
  t.match(await refused.text(), '14 Cannot receive message: no room for the rest of it')
  const waiting = post()
  setTimeout(() => budget.give(4 * mebi), 50)
  const taken = await waiting
  t.equal(taken.status, 200, 'room came in time')
  await until(() => budget.usedBytes === 0)
})

t.test('what is inflated waits for room too', async (t) => {
  const { url, budget } = await start(t, { boundBytes: 4 * mebi, waitMs: 100 })
  budget.take(4 * mebi - 10_000)
  const body = new Uint8Array(gzipSync(Buffer.alloc(mebi)))
  const headers = { ...text, 'content-encoding': 'gzip' }
  const response = await fetch(url, { method: 'POST', headers, body })
  t.equal(response.status, 503)
  t.equal(response.headers.get('retry-after'), '1')
  budget.give(4 * mebi - 10_000)
  await until(() => budget.usedBytes === 0)
})

t.test('a client that goes aborts its handler and gives its bytes back', async (t) => {
  let reason: unknown
  const handle = ({ signal }: HttpRequest) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason
        reject(signal.reason)
      })
    })
  const { port, budget } = await start(t, { handle })
  const whole = new RawConnection(port)
  whole.post(['Content-Length: 4'], 'body')
  await until(() => budget.usedBytes === 4)
  whole.socket.destroy()
  await until(() => reason !== undefined)
  t.ok(reason instanceof GatewayError && reason.code === 'cancelled')
  const half = new RawConnection(port)
  half.post(['Content-Length: 4'], 'bo')
  await until(() => budget.usedBytes === 2)
  half.socket.destroy()
  await until(() => budget.usedBytes === 0)
})

t.test('what a handler throws is a status; a bug tells its client nothing', async (t) => {
  let thrown: Error = new Error('secret')
  const { url } = await start(t, { handle: () => Promise.reject(thrown) })
  const post = () => fetch(url, { method: 'POST', headers: text, body: 'x' })
  const bug = await post()
  t.equal(bug.status, 500)
  t.notMatch(await bug.text(), 'secret')
  thrown = new GatewayError('store_unavailable', 'Cannot store: it is away', { retryAfterMs: 1500 })
  const away = await post()
  t.equal(away.status, 503)
  t.equal(away.headers.get('retry-after'), '2')
  t.equal(await away.text(), '14 Cannot store: it is away')
})

t.test('a connection serves one request after the other, also sent ahead', async (t) => {
  const { port } = await start(t)
  const raw = new RawConnection(port)
  for (const body of ['a', 'bb', 'ccc']) raw.post([`Content-Length: ${body.length}`], body)
  raw.post(['Content-Length: 4', 'Connection: close'], 'dddd')
  await raw.closed
  t.strictSame(raw.received.match(/\d$(?=HTTP|$)|(?<=\r\n\r\n)\d/g), ['1', '2', '3', '4'])
})

t.test('a target may be a whole URL, and have a query', async (t) => {
  const { port } = await start(t)
  for (const target of ['http://test.example/test', '/test?a=b']) {
    const raw = new RawConnection(port)
    raw.socket.write(`POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n`)
    t.match(await raw.receives('200 OK'), '200 OK')
    raw.socket.destroy()
  }
})

t.test('a client may ask before it sends: 100 when it is taken', async (t) => {
  const { port } = await start(t)
  const taken = new RawConnection(port)
  taken.post(['Content-Length: 2', 'Expect: 100-continue'])
  await taken.receives('100 Continue')
  taken.socket.write('ok')
  t.match(await taken.receives('200 OK'), '200 OK')
  const refused = new RawConnection(port)
  refused.post(['Content-Length: 9999999', 'Expect: 100-continue'])
  t.match(await refused.receives('test.max'), /^HTTP\/1\.1 413 /)
})

t.test('more connections than it takes are closed', async (t) => {
  const { port, metrics } = await start(t, { maxConnections: 1 })
  const first = new RawConnection(port)
  first.post(['Content-Length: 1'], 'x')
  await first.receives('200 OK')
  await new RawConnection(port).closed
  t.match(await metrics.render(), 'spangate_connections_refused_total{listener="test"} 1')
  first.post(['Content-Length: 1'], 'x')
  t.notOk(first.socket.destroyed)
})

t.test('stop() ends idle connections, and waits for requests under way', async (t) => {
  let finish = () => {}
  const handle = async (request: HttpRequest) => {
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    return answerLength(request)
  }
  const { port, listener, budget } = await start(t, { handle })
  const idle = new RawConnection(port)
  const busy = new RawConnection(port)
  busy.post(['Content-Length: 3'], 'abc')
  await until(() => budget.usedBytes === 3)
  const stopped = listener.stop(5000)
  await idle.closed
  finish()
  await stopped
  await busy.closed
  t.match(busy.received, /200 OK.*connection: close.*3$/s)
})

t.test('stop() cuts what is not over after the grace', async (t) => {
  const { port, listener, budget } = await start(t, { handle: () => new Promise<never>(() => {}) })
  const busy = new RawConnection(port)
  busy.post(['Content-Length: 3'], 'abc')
  await until(() => budget.usedBytes === 3)
  await listener.stop(50)
  await busy.closed
  await until(() => budget.usedBytes === 0)
})

t.test('pages of allowed origins may send, others learn nothing', async (t) => {
  const origins = ['https://shop.example', 'https://*.shop.example']
  const { url } = await start(t, { origins })
  const preflight = (origin: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-key',
      },
    })
  for (const origin of ['https://shop.example', 'https://eu.shop.example']) {
    const { status, headers } = await preflight(origin)
    t.equal(status, 204)
    t.equal(headers.get('access-control-allow-origin'), origin)
    t.equal(headers.get('access-control-allow-methods'), 'POST')
    t.equal(headers.get('access-control-allow-headers'), 'content-type,x-key')
    t.equal(headers.get('vary'), 'Origin')
    const sent = await fetch(url, { method: 'POST', headers: { ...text, origin }, body: 'x' })
    t.equal(sent.headers.get('access-control-allow-origin'), origin)
    const refused = await fetch(url, { method: 'POST', headers: { origin }, body: 'x' })
    t.equal(refused.status, 415)
    t.equal(refused.headers.get('access-control-allow-origin'), origin, 'failures are readable too')
  }
  for (const origin of ['https://shop.example.evil', 'https://.shop.exampl', 'null']) {
    const { headers } = await preflight(origin)
    t.equal(headers.get('access-control-allow-origin'), null)
    t.equal(headers.get('access-control-allow-methods'), null)
  }
})

t.test('with * every page may send, without origins none', async (t) => {
  const headers = { origin: 'https://any.example', 'access-control-request-method': 'POST' }
  const all = await start(t, { origins: ['*'] })
  const allowed = await fetch(all.url, { method: 'OPTIONS', headers })
  t.equal(allowed.headers.get('access-control-allow-origin'), '*')
  const none = await start(t)
  const refused = await fetch(none.url, { method: 'OPTIONS', headers })
  t.equal(refused.status, 405)
  t.equal(refused.headers.get('access-control-allow-origin'), null)
})
