import type { ServiceError } from '@grpc/grpc-js'
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'
import type { Test } from 'tap'
import t from 'tap'
import type { CallResult } from '../../../bench/load/call-result.ts'
import { Http2Client } from '../../../bench/load/http2-client.ts'

const asIs = (bytes: Buffer): Buffer => bytes
const path = '/bench.Echo/Call'

/** What the server answers; by default an empty message. */
type Answer = (request: Buffer) => Partial<ServiceError> | Buffer

async function connect(t: Test, answer: Answer): Promise<Http2Client> {
  const server = new Server({ 'grpc.max_receive_message_length': -1 })
  const method = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  } as const
  server.addService(
    { Call: method },
    {
      Call: (
        { request }: { request: Buffer },
        callback: (error: Partial<ServiceError> | null, response?: Buffer) => void,
      ) => {
        const result = answer(request)
        if (Buffer.isBuffer(result)) callback(null, result)
        else callback(result)
      },
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  const client = await Http2Client.connect({ host: '127.0.0.1', port, path })
  t.teardown(() => {
    client.close()
    server.forceShutdown()
  })
  return client
}

function call(client: Http2Client, body: Uint8Array): Promise<CallResult> {
  const framed = Buffer.alloc(5 + body.length)
  framed.writeUInt32BE(body.length, 1)
  framed.set(body, 5)
  return new Promise((resolve) => client.send(framed, resolve))
}

t.test('send() gives every status of gRPC with its message', async (t) => {
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join(
    '',
  )
  const client = await connect(t, (request) => {
    const code = request.readUInt8(0)
    return code === 0 ? Buffer.alloc(0) : { code, details: `${printable} ${code} é` }
  })
  const codes = Object.values(status).filter((code) => typeof code === 'number')
  t.equal(codes.length, 17)
  for (const code of codes) {
    const result = await call(client, Buffer.from([code]))
    t.equal(result.status, String(code))
    t.equal(result.isOk, code === 0)
    if (code !== 0) t.equal(result.message, `${printable} ${code} é`)
  }
})

t.test('send() says whether the details have a RetryInfo', async (t) => {
  const client = await connect(t, (request) => {
    const metadata = new Metadata()
    const type = request.toString('latin1')
    metadata.set('grpc-status-details-bin', Buffer.from(`..type.googleapis.com/${type}..`))
    return { code: status.UNAVAILABLE, details: 'busy', metadata }
  })
  const busy = await call(client, Buffer.from('google.rpc.RetryInfo'))
  t.match(busy, { status: '14', hasRetryInfo: true, message: 'busy' })
  t.match(await call(client, Buffer.from('google.rpc.Other')), { hasRetryInfo: false })
})

t.test('send() keeps within the windows and delivers messages as they are', async (t) => {
  const requests: Buffer[] = []
  const client = await connect(t, (request) => {
    requests.push(Buffer.from(request))
    return Buffer.alloc(0)
  })
  const sizes = [0, 1, 16_383, 16_384, 16_385, 65_535, 300_000, 2_000_000]
  const bodies = sizes.map((size) => {
    return Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 31 + size) & 0xff))
  })
  const sent = bodies.map((body) => call(client, body))
  t.equal(client.inFlight, sizes.length)
  const results = await Promise.all(sent)
  t.ok(results.every((result) => result.isOk))
  t.equal(client.inFlight, 0)
  const bySize = requests.sort((a, b) => a.length - b.length)
  t.ok(bodies.every((body, index) => bySize[index]?.equals(body)))
})

t.test('send() makes many calls over one connection', async (t) => {
  const client = await connect(t, () => Buffer.alloc(0))
  for (let round = 0; round < 50; round++) {
    const calls = Array.from({ length: 20 }, () => call(client, Buffer.alloc(3000)))
    const results = await Promise.all(calls)
    if (!results.every((result) => result.isOk)) t.fail(`round ${round}`)
  }
  t.pass('1000 calls')
})

t.test('an answer with a message is a partial success', async (t) => {
  const client = await connect(t, () => Buffer.from([0x0a, 0x02, 0x08, 0x01]))
  t.match(await call(client, Buffer.alloc(1)), { status: '0 with rejected spans', isOk: false })
})

t.test('calls end when the connection is lost, and later ones at once', async (t) => {
  const client = await connect(t, () => Buffer.alloc(0))
  const waiting = call(client, Buffer.alloc(10))
  client.close()
  t.match(await waiting, { status: 'connection', isOk: false })
  t.match(await call(client, Buffer.alloc(10)), { status: 'connection' })
})
