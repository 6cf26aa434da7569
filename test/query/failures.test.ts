import t from 'tap'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import type { Ending, QueryPort } from './query-port.ts'
import { rawStream, readAll, startQuery, unary } from './query-port.ts'
import { failingStore, scriptedStore } from './scripted-store.ts'

const window = {
  startTimeMin: { seconds: '1000', nanos: 0 },
  startTimeMax: { seconds: '2000', nanos: 0 },
}

t.test(
  'createQueryServices() answers bytes that are no request with INVALID_ARGUMENT',
  async (t) => {
    const port = await startQuery(t, scriptedStore({}))
    const methods = [
      '/jaeger.api_v2.QueryService/GetTrace',
      '/jaeger.api_v2.QueryService/FindTraces',
      '/jaeger.api_v3.QueryService/GetTrace',
      '/jaeger.api_v3.QueryService/FindTraces',
      '/jaeger.api_v3.QueryService/FindTraceSummaries',
      '/jaeger.api_v3.QueryService/GetOperations',
    ]
    for (const method of methods) {
      const end = await readAll(rawStream(port, method, Uint8Array.of(0x0a, 0xff, 0x01)))
      t.equal(end.code, 'INVALID_ARGUMENT', method)
      t.match(end.details, 'Cannot decode request')
    }
  },
)

/** What a store may fail with, and what a client gets. */
const failures = [
  ['store_unavailable', 'UNAVAILABLE'],
  ['overloaded', 'UNAVAILABLE'],
  ['store_corrupt', 'DATA_LOSS'],
  ['unimplemented', 'UNIMPLEMENTED'],
  ['invalid_argument', 'INVALID_ARGUMENT'],
] as const

for (const [failure, code] of failures) {
  t.test(`createQueryServices() answers ${code} when the store fails: ${failure}`, async (t) => {
    const fail = () => {
      throw new GatewayError(failure, 'Cannot read: the test says so')
    }
    const port = await startQuery(t, failingStore(fail))
    for (const end of await everyCall(port)) {
      t.equal(end.code, code)
      t.equal(end.details, 'Cannot read: the test says so')
    }
  })
}

t.test(
  'createQueryServices() answers INTERNAL to a bug, and only the log says what it was',
  async (t) => {
    const port = await startQuery(
      t,
      failingStore(() => {
        throw new TypeError('secret of the implementation')
      }),
    )
    for (const end of await everyCall(port)) {
      t.equal(end.code, 'INTERNAL')
      t.notMatch(end.details, 'secret')
    }
    t.equal(port.logged.length, 9)
    t.match(JSON.stringify(port.logged[0]), 'secret of the implementation')
  },
)

function everyCall({ v2, v3 }: QueryPort): Promise<Ending[]> {
  return Promise.all([
    readAll(v2.getTrace({ traceId: Buffer.alloc(16, 1) })),
    readAll(v3.getTrace({ traceId: '1' })),
    readAll(v2.findTraces({ query: {} })),
    readAll(v3.findTraces({ query: window })),
    readAll(v3.findTraceSummaries({ query: window })),
    unary((done) => v2.getServices({}, done)),
    unary((done) => v3.getServices({}, done)),
    unary((done) => v2.getOperations({ service: 's' }, done)),
    unary((done) => v3.getOperations({ service: 's' }, done)),
  ])
}
