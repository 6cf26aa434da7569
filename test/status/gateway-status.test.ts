import type { Test } from 'tap'
import t from 'tap'
import type { CallsHealth, GatewayState } from '../../src/ports/gateway-status.ts'
import type { StoreFacts } from '../../src/ports/store-facts.ts'
import type { GatewayStatusOptions } from '../../src/status/gateway-status.ts'
import { GatewayStatusBoard } from '../../src/status/gateway-status.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { sampleDetails, sampleStatus } from './sample-status.ts'

const health: CallsHealth = {
  state: 'ok',
  failedCount: 0,
  lastSuccessUnixMs: 1,
  failingSinceUnixMs: undefined,
  lastError: undefined,
}

type Changes = Partial<Omit<GatewayStatusOptions, 'store'>> & {
  readonly store?: Partial<GatewayStatusOptions['store']>
}

/** A board over counters that are still 0, closed with the test. */
function boardOf(t: Test, { store, ...changes }: Changes = {}) {
  const metrics = createMetrics()
  const board = new GatewayStatusBoard({
    version: '1.2.3',
    metrics,
    store: {
      address: 'memory:',
      retentionMs: 3_600_000,
      facts: async () => ({ details: sampleDetails.memory }),
      writes: { health },
      reads: { health },
      ...store,
    },
    sampling: { status: () => sampleStatus().sampling },
    admission: {
      budget: { usedBytes: 10, boundBytes: 1000 },
      inflow: { pausedConnections: 0, requestSeconds: 0.5 },
    },
    searchesMax: 16,
    waitingAnswers: () => 3,
    listeners: () => [],
    state: () => 'ready',
    ...changes,
  })
  t.teardown(async () => {
    board.close()
    await metrics.close()
  })
  return { board, metrics }
}

/** Some spans of a receiver, as the pipeline counts them. */
function receive(metrics: Metrics, receiver: string, format = 'otlp_proto'): void {
  const source = { receiver, format }
  metrics.add('spangate_spans_received_total', 10, source)
  metrics.add('spangate_spans_stored_total', 5, source)
  metrics.add('spangate_spans_in_flight', 1, source)
  metrics.add('spangate_spans_rejected_total', 2, { ...source, reason: 'zero_trace_id' })
  metrics.add('spangate_spans_dropped_total', 2, { ...source, reason: 'store_unavailable' })
  metrics.add('spangate_requests_refused_total', 3, { ...source, reason: 'overloaded' })
}

t.test('status() adds up what each receiver took, whatever the format', async (t) => {
  const { board, metrics } = boardOf(t)
  t.same((await board.status()).receivers, [], 'nobody took anything yet')
  receive(metrics, 'otlp_http')
  receive(metrics, 'otlp_http', 'otlp_json')
  receive(metrics, 'otlp_grpc')
  metrics.add('spangate_messages_given_up_total', 1, { listener: 'otlp_grpc', reason: 'busy' })
  const { receivers, admission, rateSeconds } = await board.status()
  t.equal(rateSeconds, 1)
  t.match(receivers, [
    {
      name: 'otlp_grpc',
      formats: ['otlp_proto'],
      received: { total: 10, perSecond: 10 },
      stored: { total: 5 },
      inFlight: 1,
      rejected: [{ reason: 'zero_trace_id', total: 2 }],
      dropped: [{ reason: 'store_unavailable', total: 2 }],
      refusedRequests: { total: 3 },
      udp: undefined,
    },
    {
      name: 'otlp_http',
      formats: ['otlp_json', 'otlp_proto'],
      received: { total: 20, perSecond: 20 },
      inFlight: 2,
      rejected: [{ reason: 'zero_trace_id', total: 4 }],
    },
  ])
  t.match(admission, {
    bytesInFlight: 10,
    bytesInFlightMax: 1000,
    requestSeconds: 0.5,
    refusedRequests: [{ reason: 'overloaded', total: 9 }],
    givenUpMessages: [{ reason: 'busy', total: 1 }],
  })
})

t.test('status() tells of datagrams what was lost before they came', async (t) => {
  const { board, metrics } = boardOf(t)
  let drops = 0
  let lost = 0
  metrics.observe('spangate_udp_kernel_dropped_total', () => [
    { value: drops, labels: { listener: 'jaeger_udp_compact' } },
    { value: 0, labels: { listener: 'jaeger_udp_binary' } },
  ])
  metrics.observe('spangate_client_spans_lost_total', () =>
    ['queue_full', 'too_large'].map((reason) => ({
      value: lost,
      labels: { receiver: 'jaeger_udp_compact', client: 'other', reason },
    })),
  )
  t.same((await board.status()).receivers, [])
  drops = 7
  lost = 2
  const { receivers, problems } = await board.status()
  t.match(receivers, [
    {
      name: 'jaeger_udp_compact',
      udp: { kernelDropped: { total: 7 }, clientSpans: { total: 4 }, clientBatches: { total: 0 } },
    },
  ])
  t.match(problems, [
    /^jaeger_udp_compact: 7 datagrams were dropped by the kernel in the last 1 s$/,
  ])
})

t.test('status() knows the process, its listeners and what is searched', async (t) => {
  const listener = {
    name: 'otlp.grpc',
    protocol: 'gRPC',
    addresses: ['127.0.0.1:4317'],
    isEncrypted: false,
  } as const
  const { board, metrics } = boardOf(t, { listeners: () => [listener] })
  metrics.add('spangate_connections_open', 3, { listener: 'otlp_grpc' })
  metrics.add('spangate_searches_under_way', 2, {})
  metrics.add('spangate_searches_refused_total', 1, {})
  const status = await board.status()
  t.match(status, {
    version: '1.2.3',
    nodeVersion: process.versions.node,
    processId: process.pid,
    state: 'ready',
    problems: [],
    listeners: [{ ...listener, openConnections: 3 }],
    queries: { runningSearches: 2, searchesMax: 16, refusedSearches: { total: 1 } },
  })
  t.equal(status.queries.waitingAnswers, 3)
  const { residentBytes, residentBytesMax, heapUsedBytes, heapBytesMax } = status.process
  t.ok(residentBytes > 10e6 && residentBytes < residentBytesMax)
  t.ok(heapUsedBytes > 1e6 && heapUsedBytes < heapBytesMax)
})

t.test('status() does not wait for a store that hangs, and asks it once at a time', async (t) => {
  let asked = 0
  let answer: (facts: StoreFacts) => void = () => {}
  const facts = () => {
    asked += 1
    return new Promise<StoreFacts>((resolve) => {
      answer = resolve
    })
  }
  const { board } = boardOf(t, { factsMsMax: 20, store: { facts } })
  const statuses = await Promise.all([board.status(), board.status(), board.status()])
  for (const { store, problems } of statuses) {
    t.equal(store.facts, undefined)
    t.match(problems, ['The store did not tell about itself within a second'])
  }
  t.equal(asked, 1)
  const next = board.status()
  answer({ details: sampleDetails.memory })
  t.match((await next).store.facts, { details: { kind: 'memory' } })
  t.equal(asked, 1, 'the question was still open')
  void board.status()
  t.equal(asked, 2)
})

t.test('status() of a store that cannot tell says so, and fails not', async (t) => {
  let failure: Error | undefined = new Error('EIO')
  const facts = async (): Promise<StoreFacts> => {
    if (failure !== undefined) throw failure
    return { details: sampleDetails.memory }
  }
  const { board } = boardOf(t, { store: { facts } })
  const problems = ['The store cannot tell about itself: EIO']
  t.match(await board.status(), { store: { facts: undefined }, problems })
  failure = undefined
  t.same((await board.status()).problems, [])
  const silent = boardOf(t, { store: { facts: undefined } })
  t.match(await silent.board.status(), { store: { kind: 'memory', facts: {} }, problems: [] })
})

t.test('status() takes how long spans live from tables that say it', async (t) => {
  const { board } = boardOf(t, { store: { facts: async () => ({ retentionMs: 172_800_000 }) } })
  t.equal((await board.status()).store.retentionMs, 172_800_000)
  const elsewhere = boardOf(t, { store: { facts: async () => ({ isElsewhere: true }) } })
  t.equal((await elsewhere.board.status()).store.retentionMs, undefined)
})

/** What makes each problem, and how it reads. */
const troubles: Readonly<
  Record<string, readonly [RegExp, Changes, ((metrics: Metrics) => void)?]>
> = {
  starting: [/^It is starting: some listeners are not open yet$/, stateOf('starting')],
  'a store that is away': [/^The store does not answer/, stateOf('store_away')],
  stopping: [/^It is stopping and takes nothing new$/, stateOf('stopping')],
  'failing writes': [
    /^Writes fail since 1970-01-01T00:00:05\.000Z, last at 1970-01-01T00:00:06\.000Z: disk full$/,
    {
      store: {
        writes: {
          health: {
            ...health,
            state: 'failing',
            failingSinceUnixMs: 5000,
            lastError: { message: 'disk full', unixMs: 6000 },
          },
        },
      },
    },
  ],
  eviction: [
    /^9 spans of the last 1 s were removed before their retention ended/,
    {},
    (metrics) => metrics.add('spangate_spans_expired_total', 9, { reason: 'eviction' }),
  ],
  'a full disk': [
    /^The disk has 1000 bytes left, and the store may grow by \d+ \(store\.sqlite\.max-bytes\)$/,
    factsOf({ ...sampleDetails.sqlite, freeBytes: 1000 } as never),
  ],
  'damaged files': [
    /^2 files of the store are damaged and set aside$/,
    factsOf({ ...sampleDetails.sqlite, damagedFileCount: 2 } as never),
  ],
  'a node that is down': [
    /^Nodes of the store do not answer: 10\.0\.0\.9:9042$/,
    factsOf({
      ...sampleDetails.cassandra,
      nodes: [{ address: '10.0.0.9:9042', datacentre: 'dc1', isUp: false }],
    } as never),
  ],
  'dropped spans': [
    /^otlp_grpc: 2 spans were not confirmed in the last 1 s$/,
    {},
    (metrics) => receive(metrics, 'otlp_grpc'),
  ],
  'bytes in flight': [
    /^Bytes in flight are 990 of 1000 \(admission\.max-bytes\)$/,
    {
      admission: {
        budget: { usedBytes: 990, boundBytes: 1000 },
        inflow: { pausedConnections: 1, requestSeconds: 0 },
      },
    },
  ],
  sampling: [
    /^Strategies cannot be read, the last good ones stay: line 3: no$/,
    {
      sampling: {
        status: () => ({
          ...sampleStatus().sampling,
          mode: 'file',
          failure: { message: 'line 3: no', unixMs: 1, isOver: false },
        }),
      },
    },
  ],
}

function stateOf(state: GatewayState): Changes {
  return { state: () => state }
}

function factsOf(details: StoreFacts['details']): Changes {
  return { store: { facts: async () => ({ details }) } }
}

for (const [name, [problem, changes, happen]] of Object.entries(troubles)) {
  t.test(`status() tells of ${name}`, async (t) => {
    const { board, metrics } = boardOf(t, changes)
    happen?.(metrics)
    const { problems } = await board.status()
    t.ok(
      problems.some((one) => problem.test(one)),
      problems.join('\n'),
    )
  })
}
