import { status } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import t from 'tap'
import { Chance, randomGroups, randomQuery } from '../conformance/generate.ts'
import { sampleBatch, traceIdOf } from '../conformance/sample.ts'
import { projectRoot } from '../project-root.ts'
import { shownStore } from '../query/adjust/shown-spans.ts'
import { nowMs } from '../query/http-port.ts'
import { memoryStore } from '../query/memory-store.ts'
import { rawStream, readAll, startQuery } from '../query/query-port.ts'
import { wireFilterOf } from '../query/wire-filter.ts'
import { mutate } from './mutate.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'
import { fuzzSettings } from './run-fuzz.ts'

/** What a bad request may be answered with; no other status is the client's fault. */
const allowed = ['OK', 'INVALID_ARGUMENT', 'NOT_FOUND']

const definitions = loadSync(['jaeger/api_v2/query.proto', 'jaeger/api_v3/query_service.proto'], {
  includeDirs: [`${projectRoot}/proto`],
  longs: String,
})

interface Method {
  readonly path: string
  readonly requestSerialize: (message: object) => Buffer
}

/** All methods of both services. */
const methods = ['jaeger.api_v2.QueryService', 'jaeger.api_v3.QueryService'].flatMap((name) =>
  Object.values(definitions[name] as unknown as Record<string, Method>),
)

const times = [
  undefined,
  { seconds: '0' },
  { seconds: '4000000000' },
  { seconds: '-62135596800' },
  { seconds: '9223372036854775807', nanos: 5 },
  { seconds: '5', nanos: -1 },
] as const
const texts = ['', 'cart', 'GET /', '\u0000', 'x'.repeat(70_000), 'server', '1'] as const
const depths = [0, 1, 20, -1, 2 ** 31 - 1, 10_001] as const

/** A message that fits the method, if not always. */
function messageOf(random: Random, world: Parameters<typeof randomQuery>[0], path: string): object {
  const isV2 = path.includes('api_v2')
  const name = path.slice(path.lastIndexOf('/') + 1)
  const id = traceIdOf(1 + random.below(10))
  const traceId = isV2 ? Buffer.from(id) : Buffer.from(id).toString('hex')
  if (name === 'GetTrace' || name === 'ArchiveTrace') {
    return {
      traceId,
      startTime: random.pick(times),
      endTime: random.pick(times),
      rawTraces: random.oneIn(2),
    }
  }
  if (name === 'GetServices') return {}
  if (name === 'GetOperations') return { service: random.pick(texts), spanKind: random.pick(texts) }
  if (name === 'GetDependencies')
    return { startTime: random.pick(times), endTime: random.pick(times) }
  const { filter } = randomQuery(world)
  const attributes = random.oneIn(2) ? { [random.pick(texts)]: random.pick(texts) } : {}
  const conditions = {
    serviceName: random.oneIn(3) ? random.pick(texts) : '',
    operationName: random.oneIn(3) ? random.pick(texts) : '',
    ...(isV2 ? { tags: attributes } : { attributes }),
    durationMin: random.oneIn(3) ? random.pick(times) : undefined,
  }
  const isFiltered = !isV2 && filter !== undefined && random.oneIn(2)
  return {
    query: {
      startTimeMin: random.oneIn(3) ? random.pick(times) : { seconds: '0' },
      startTimeMax: random.oneIn(3) ? random.pick(times) : { seconds: '4000000000' },
      searchDepth: random.pick(depths),
      rawTraces: random.oneIn(2),
      ...(isFiltered && filter ? { filter: wireFilterOf(filter) } : conditions),
    },
  }
}

t.setTimeout(170_000)

t.test('no request to a query service is a failure of ours', async (t) => {
  const { inputs, seed } = fuzzSettings(1500)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const store = memoryStore(t)
  const world = { chance: new Chance(seed), arrivalUnixMs: nowMs, traces: 8 }
  const { signal } = new AbortController()
  await store.write('', sampleBatch(randomGroups(world, 60), nowMs), signal)
  const port = await startQuery(t, store, { shown: shownStore(store) })
  const met = new Map<string, number>()
  // args of Call, call of Expression: what nests in a filter.
  const nesting = [0x12, 0x32]
  for (let input = 0; input < inputs; input++) {
    const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input, 0x85ebca6b))
    const method = methods[input % methods.length]
    if (method === undefined) continue
    const message = messageOf(random, world, method.path)
    const bytes = new Uint8Array(method.requestSerialize(message))
    const sent = random.oneIn(2) ? bytes : mutate(random, bytes, nesting)
    const startMs = performance.now()
    const end = await readAll(rawStream(port, method.path, sent))
    const tookMs = performance.now() - startMs
    met.set(end.code, (met.get(end.code) ?? 0) + 1)
    const isWell = allowed.includes(end.code) && tookMs < 10_000
    if (!isWell) t.fail(`input ${input}: ${method.path} ${end.code} ${end.details} ${tookMs} ms`)
    if (end.code === 'INVALID_ARGUMENT' && end.details === '') t.fail(`input ${input}: no message`)
  }
  t.comment(JSON.stringify(Object.fromEntries(met)))
  for (const code of allowed) {
    t.ok(code in status, code)
    t.ok(met.has(code), `some calls end with ${code}`)
  }
  t.same(port.logged, [], 'nothing is logged as a bug')
})
