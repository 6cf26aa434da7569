import { Client, credentials } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import t from 'tap'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { runProgram } from '../e2e/run-program.ts'
import { projectRoot } from '../project-root.ts'
import { readDescriptors } from '../proto/read-descriptors.ts'
import type { Streamed } from '../query/query-port.ts'
import { readAll } from '../query/query-port.ts'
import { createRandom } from './random.ts'
import { randomMessage } from './random-message.ts'
import { fuzzSettings } from './run-fuzz.ts'

t.setTimeout(170_000)

/** Services that answer queries, and the port of each. */
const services = {
  queryGrpc: [
    'jaeger.api_v2.QueryService',
    'jaeger.api_v3.QueryService',
    'spangate.v1.TraceSearchService',
    'spangate.v1.StatusService',
  ],
  storageGrpc: [
    'jaeger.storage.v2.TraceReader',
    'jaeger.storage.v2.DependencyReader',
    'jaeger.storage.v2.Capabilities',
  ],
} as const

/** What a request may be answered with that its proto allows. */
const allowed = ['OK', 'INVALID_ARGUMENT', 'NOT_FOUND']

const contract = readDescriptors()
const definitions = loadSync(
  [
    'jaeger/api_v2/query.proto',
    'jaeger/api_v3/query_service.proto',
    'jaeger/storage/v2/trace_storage.proto',
    'jaeger/storage/v2/dependency_storage.proto',
    'jaeger/storage/v2/capabilities.proto',
    'spangate/v1/trace_search.proto',
    'spangate/v1/status.proto',
  ],
  { includeDirs: [`${projectRoot}/proto`], longs: String },
)

interface Method {
  readonly path: string
  readonly requestSerialize: (message: object) => Buffer
}

const asIs = (bytes: Buffer): Buffer => bytes

t.test('no message that a proto of a query service allows is a failure of ours', async (t) => {
  const { inputs, seed } = fuzzSettings(900)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const gateway = await GatewayProcess.start({ store: 'memory:' })
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  const flags = [
    '--endpoint',
    addresses.otlpGrpc,
    '--rate',
    '50',
    '--duration',
    '1s',
    '--seed',
    '7',
  ]
  t.equal((await runProgram(['generate', ...flags])).code, 0)
  const methods = (['queryGrpc', 'storageGrpc'] as const).flatMap((port) => {
    const client = new Client(addresses[port], credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
    })
    t.teardown(() => client.close())
    return services[port].flatMap((service) =>
      Object.entries(contract.services[service] ?? {}).map(([name, method]) => ({
        client,
        input: (method as { readonly input: string }).input,
        definition: definitions[service] as unknown as Readonly<Record<string, Method>>,
        name,
      })),
    )
  })
  t.ok(methods.length > 20)
  const met = new Map<string, number>()
  for (let input = 0; input < inputs; input++) {
    const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input, 0x85ebca6b))
    const { client, input: type, definition, name } = methods[input % methods.length] ?? {}
    const method = definition?.[name ?? '']
    if (client === undefined || method === undefined) throw new Error(`no method ${name}`)
    const message = randomMessage(contract, type ?? '', random)
    const bytes = method.requestSerialize(message)
    const startMs = performance.now()
    const end: Streamed<Buffer> = await readAll(
      client.makeServerStreamRequest(method.path, asIs, asIs, bytes),
    )
    const tookMs = performance.now() - startMs
    met.set(end.code, (met.get(end.code) ?? 0) + 1)
    if (allowed.includes(end.code) && tookMs < 10_000) continue
    t.fail(
      `input ${input}: ${method.path} ${end.code} ${end.details} ${tookMs} ms ${JSON.stringify(message)}`,
    )
  }
  t.comment(JSON.stringify(Object.fromEntries(met)))
  for (const code of allowed) t.ok(met.has(code), `some calls end with ${code}`)
  const errors = gateway.stderr.split('\n').filter((line) => line.startsWith('{"level":50'))
  t.same(errors, [], 'nothing is logged as a bug')
})
