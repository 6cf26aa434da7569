import { credentials, loadPackageDefinition, Server, ServerCredentials } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import type { FindTraceIDsResponse__Output } from '../../../proto/gen/jaeger/storage/v2/FindTraceIDsResponse.ts'
import type { TraceQueryParameters } from '../../../proto/gen/jaeger/storage/v2/TraceQueryParameters.ts'
import type { TracesData__Output } from '../../../proto/gen/opentelemetry/proto/trace/v1/TracesData.ts'
import type { ProtoGrpcType } from '../../../proto/gen/spangate.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { StalledAnswers } from '../../../src/query/stalled-answers.ts'
import { createStorageServices } from '../../../src/query/storage-v2/storage-services.ts'
import { patience } from '../../conformance/answer.ts'
import { referenceStore } from '../../conformance/reference-store.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { projectRoot } from '../../project-root.ts'
import { readAll, unary } from '../query-port.ts'
import { scriptedStore } from '../scripted-store.ts'

const published = loadPackageDefinition(
  loadSync(
    ['trace_storage', 'dependency_storage', 'capabilities'].map(
      (name) => `jaeger/storage/v2/${name}.proto`,
    ),
    {
      includeDirs: [`${projectRoot}/proto`],
      longs: String,
      enums: String,
      defaults: true,
      oneofs: true,
    },
  ),
) as unknown as ProtoGrpcType

const nowMs = Date.now()

async function serve(t: Test, store: SpanStore) {
  const server = new Server()
  const logged: unknown[] = []
  const services = createStorageServices({
    store,
    stalled: new StalledAnswers({ stalledAfterMs: 60_000, stalledMax: 64 }, { add: () => {} }),
    metrics: { record: () => {} },
    logger: pino({}, { write: (line) => logged.push(line) }),
  })
  for (const { definition, implementation } of services) {
    server.addService(definition, implementation)
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  const { TraceReader, DependencyReader, Capabilities } = published.jaeger.storage.v2
  const target = `127.0.0.1:${port}`
  const plain = credentials.createInsecure()
  const reader = new TraceReader(target, plain)
  const links = new DependencyReader(target, plain)
  const capabilities = new Capabilities(target, plain)
  t.teardown(() => {
    for (const client of [reader, links, capabilities]) client.close()
    server.forceShutdown()
  })
  return { reader, links, capabilities, logged }
}

/** Three traces of two services, the third one the newest; 2 of them have failed. */
async function shop(): Promise<SpanStore> {
  const store = referenceStore(72 * 3_600_000)
  const groups = [1, 2, 3].flatMap((trace) => {
    const startMicros = (nowMs - 60_000 + trace * 1000) * 1000
    const front = sampleSpan({ trace, id: 1, name: 'GET /', kind: 2, startMicros })
    const put = sampleSpan({
      trace,
      id: 2,
      parent: 1,
      name: 'put',
      kind: 3,
      startMicros: startMicros + 10,
      status: { code: trace === 2 ? 0 : 2, message: '' },
      attributes: { size: BigInt(trace), ok: trace === 2, share: trace / 2 },
    })
    return [sampleGroup([front], { service: 'front' }), sampleGroup([put], { service: 'cart' })]
  })
  await store.write('', sampleBatch(groups, nowMs), patience)
  return store
}

function numbersOf(messages: readonly TracesData__Output[]): number[][] {
  return messages.map(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans.map(({ traceId }) => traceId[15] ?? -1)),
    ),
  )
}

t.test('GetTraces gives those of the traces that there are, one after the other', async (t) => {
  const { reader } = await serve(t, await shop())
  const query = [3, 99, 1].map((trace) => ({ traceId: traceIdOf(trace) }))
  const { messages, code } = await readAll<TracesData__Output>(reader.getTraces({ query }))
  t.equal(code, 'OK')
  t.same(numbersOf(messages), [
    [3, 3],
    [1, 1],
  ])
  const none = await readAll(reader.getTraces({ query: [{ traceId: traceIdOf(99) }] }))
  t.same([none.code, none.messages.length], ['OK', 0])
})

const searches: readonly (readonly [string, TraceQueryParameters, number[]])[] = [
  ['all', {}, [3, 2, 1]],
  ['at most two', { searchDepth: 2 }, [3, 2]],
  ['of a service and operation', { serviceName: 'cart', operationName: 'put' }, [3, 2, 1]],
  ['of no service', { serviceName: 'cart', operationName: 'GET /' }, []],
  ['of an attribute as text', { attributes: [{ key: 'size', value: { stringValue: '2' } }] }, [2]],
  ['as a number', { attributes: [{ key: 'size', value: { intValue: 3 } }] }, [3]],
  ['as a fraction', { attributes: [{ key: 'share', value: { doubleValue: 0.5 } }] }, [1]],
  ['as a bool', { attributes: [{ key: 'ok', value: { boolValue: true } }] }, [2]],
  ['of error', { attributes: [{ key: 'error', value: { stringValue: 'true' } }] }, [3, 1]],
  [
    'of a filter',
    {
      filter: {
        op: 'gt',
        args: [{ attr: { key: 'size', level: 'span' } }, { scalar: { value: '1', type: 'int' } }],
      },
    },
    [3, 2],
  ],
]

for (const [name, query, expected] of searches) {
  t.test(`FindTraces, FindTraceIDs and FindTraceSummaries find traces: ${name}`, async (t) => {
    const { reader } = await serve(t, await shop())
    const { messages, code, details } = await readAll<TracesData__Output>(
      reader.findTraces({ query }),
    )
    t.equal(code, 'OK', details)
    t.same(
      numbersOf(messages).map(([first]) => first),
      expected,
    )
    const ids = await unary<FindTraceIDsResponse__Output>((done) =>
      reader.findTraceIDs({ query }, (error, message) => done(error, message)),
    )
    t.same(
      ids.message?.traceIds.map(({ traceId }) => traceId[15]),
      expected,
    )
    const { messages: summaries } = await readAll(reader.findTraceSummaries({ query }))
    t.same(
      summaries.flatMap((message) =>
        (message as { summaries: readonly { traceId: Buffer }[] }).summaries.map(
          ({ traceId }) => traceId[15],
        ),
      ),
      expected,
    )
  })
}

t.test('FindTraceSummaries counts spans, errors and services', async (t) => {
  const { reader } = await serve(t, await shop())
  const { messages } = await readAll(reader.findTraceSummaries({ query: { searchDepth: 1 } }))
  const startMicros = (nowMs - 57_000) * 1000
  t.match(messages, [
    {
      summaries: [
        {
          rootServiceName: 'front',
          rootOperationName: 'GET /',
          minStartTimeUnixNano: String(BigInt(startMicros) * 1000n),
          spanCount: 2,
          errorSpanCount: 1,
          orphanSpanCount: 0,
          services: [
            { name: 'cart', spanCount: 1, errorSpanCount: 1 },
            { name: 'front', spanCount: 1, errorSpanCount: 0 },
          ],
        },
      ],
    },
  ])
})

t.test('names, dependencies and capabilities', async (t) => {
  const store = await shop()
  const link = { parent: 'front', child: 'cart', callCount: 3, source: 'x' }
  const { reader, links, capabilities } = await serve(t, {
    ...scriptedStore({}),
    services: (tenant) => store.services(tenant),
    operations: (...given) => store.operations(...given),
    dependencies: { links: async () => [link] },
  })
  const services = await unary((done) => reader.getServices({}, done))
  t.match(services.message, { services: ['cart', 'front'] })
  const operations = await unary((done) => reader.getOperations({ service: 'cart' }, done))
  t.match(operations.message, { operations: [{ name: 'put', spanKind: 'client' }] })
  const window = { startTime: { seconds: 1 }, endTime: { seconds: 2 } }
  const found = await unary((done) => links.getDependencies(window, done))
  t.match(found.message, { dependencies: [{ ...link, callCount: '3' }] })
  const can = await unary((done) => capabilities.getCapabilities({}, done))
  t.match(can.message, {
    search: {
      withoutServiceName: true,
      sameSpanConjunction: true,
      filter: { levels: ['span', 'resource', 'scope', 'event', 'link'] },
    },
  })
  const { filter } = (can.message as never as { search: { filter: { operators: string[] } } })
    .search
  t.ok(['and', 'regex', 'some', 'not_in'].every((operator) => filter.operators.includes(operator)))
})

t.test('GetCapabilities tells in which order searches answer', async (t) => {
  const { capabilities } = await serve(t, scriptedStore({}))
  const told = await new Promise<unknown>((resolve) => {
    capabilities
      .getCapabilities({}, () => {})
      .on('status', ({ metadata }) => resolve(metadata.get('spangate-search-order')))
  })
  t.same(told, ['newest-match'])
})

t.test('bad requests are INVALID_ARGUMENT with their field', async (t) => {
  const { reader } = await serve(t, scriptedStore({}))
  const bad = [
    [
      reader.getTraces({ query: [{ traceId: new Uint8Array(8).fill(1) }] }),
      /has 8 bytes, must be 16/,
    ],
    [reader.getTraces({ query: [{}] }), /all zeros or missing/],
    [reader.findTraces({}), /query is required/],
    [reader.findTraces({ query: { searchDepth: -1 } }), /query\.search_depth is -1/],
    [
      reader.findTraces({ query: { attributes: [{ key: 'a', value: { arrayValue: {} } }] } }),
      /value of "a" that is no single value/,
    ],
    [
      reader.findTraces({
        query: {
          attributes: ['x', 'y'].map((text) => ({ key: 'a', value: { stringValue: text } })),
        },
      }),
      /has the key "a" twice/,
    ],
    [
      reader.findTraces({ query: { serviceName: 'a', filter: { op: 'exists', args: [] } } }),
      /is beside a filter/,
    ],
  ] as const
  for (const [call, message] of bad) {
    const { code, details } = await readAll(call as never)
    t.equal(code, 'INVALID_ARGUMENT')
    t.match(details, message)
  }
})
