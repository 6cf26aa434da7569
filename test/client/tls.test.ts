import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { credentials, ServerCredentials } from '@grpc/grpc-js'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Test } from 'tap'
import t from 'tap'
import { createSpanExporter } from '../../src/client/span-exporter.ts'
import { foreignSpans } from '../bridge/otlp/foreign-decode.ts'
import { projectRoot } from '../project-root.ts'
import { startRefusingServer } from './refusing-server.ts'

const folder = join(projectRoot, 'test/client/certificates')
const certificateFile = join(folder, 'localhost.cert.pem')
const cert = readFileSync(certificateFile)
const key = readFileSync(join(folder, 'localhost.key.pem'))
const taken = { response: new Uint8Array(0) }

interface Sent {
  readonly taken: number
  readonly losses: readonly { readonly reason: string; readonly message: string }[]
}

/** Node takes certificates that it is to trust when it starts, so each sender is a process. */
async function send(protocol: string, endpoint: string, trusted: boolean): Promise<Sent> {
  const {
    NODE_EXTRA_CA_CERTS: _ofNode,
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: _ofGrpc,
    ...others
  } = process.env
  const program = join(projectRoot, 'dist/test/client/send-one-span.js')
  const { stdout } = await promisify(execFile)(process.execPath, [program, protocol, endpoint], {
    env: trusted ? { ...others, NODE_EXTRA_CA_CERTS: certificateFile } : others,
    timeout: 60_000,
  })
  return JSON.parse(stdout) as Sent
}

/** An OTLP server over HTTPS, and the bodies that it has taken. */
async function startHttps(t: Test) {
  const requests: { readonly bytes: Buffer }[] = []
  const server = createServer({ cert, key }, async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    requests.push({ bytes: Buffer.concat(pieces) })
    response.writeHead(200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { endpoint: `https://localhost:${port}`, requests }
}

/** The same over gRPC. */
async function startGrpc(t: Test) {
  const own = ServerCredentials.createSsl(null, [{ cert_chain: cert, private_key: key }])
  const { address, requests } = await startRefusingServer(t, [taken], own)
  return { endpoint: `https://localhost:${address.split(':')[1]}`, requests }
}

const protocols = [
  ['http/protobuf', startHttps],
  ['grpc', startGrpc],
] as const
for (const [protocol, startServer] of protocols) {
  t.test(`an exporter sends over TLS to whom Node trusts: ${protocol}`, async (t) => {
    const { endpoint, requests } = await startServer(t)
    t.same(await send(protocol, endpoint, true), { taken: 1, losses: [] })
    const names = requests.map(({ bytes }) => foreignSpans(bytes)[0]?.name)
    t.same(names, ['by TLS'])
  })

  t.test(
    `an exporter sends nothing to whom Node does not trust, and says so: ${protocol}`,
    async (t) => {
      const { endpoint, requests } = await startServer(t)
      t.match(await send(protocol, endpoint, false), {
        taken: 0,
        losses: [{ reason: 'gave_up', spans: 1, message: /self-signed certificate/ }],
      })
      t.equal(requests.length, 0)
    },
  )
}

t.test('an exporter over gRPC takes credentials of its own', async (t) => {
  const { endpoint, requests } = await startGrpc(t)
  const exporter = createSpanExporter({ endpoint, credentials: credentials.createSsl(cert) })
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  provider.getTracer('test').startSpan('by TLS').end()
  await provider.shutdown()
  t.equal(exporter.counts().taken, 1)
  t.equal(requests.length, 1)
})
