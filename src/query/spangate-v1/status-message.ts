import type {
  AdmissionStatus,
  CallsStatus,
  GatewayStatus,
  ListenerStatus,
  QueryStatus,
  ReceiverStatus,
  StoreStatus,
} from '../../ports/gateway-status.ts'
import type { SamplingStatus } from '../../ports/sampling-view.ts'
import type {
  CassandraFacts,
  MemoryFacts,
  SqliteFacts,
  StoreDetails,
} from '../../ports/store-facts.ts'

/**
 * A status as spangate.v1.GetStatusResponse has it, with the names of proto3's JSON mapping: of it
 * proto-loader makes the message, and JSON.stringify() that of HTTP.
 *
 * @param timeOf what a time is there, of ms since the epoch
 */
export function statusMessage<Time>(status: GatewayStatus, timeOf: (unixMs: number) => Time) {
  const times = timesBy(timeOf)
  return {
    version: status.version,
    nodeVersion: status.nodeVersion,
    host: status.host,
    processId: status.processId,
    startTime: timeOf(status.startUnixMs),
    time: timeOf(status.nowUnixMs),
    uptimeSeconds: rounded(status.uptimeSeconds),
    state: states[status.state],
    problems: [...status.problems],
    rateSeconds: rounded(status.rateSeconds),
    process: processMessage(status.process),
    listeners: status.listeners.map(listenerMessage),
    store: storeMessage(status.store, times),
    admission: admissionMessage(status.admission),
    receivers: status.receivers.map(receiverMessage),
    queries: queryMessage(status.queries),
    sampling: samplingMessage(status.sampling, times),
  }
}

/** Members that are times; those that nobody knows are left out. */
type TimesOf<Time> = <Name extends string>(
  times: Readonly<Record<Name, number | undefined>>,
) => Partial<Record<Name, Time>>

function timesBy<Time>(timeOf: (unixMs: number) => Time): TimesOf<Time> {
  return (times) => {
    const known: [string, Time][] = []
    for (const [name, unixMs] of Object.entries<number | undefined>(times)) {
      if (unixMs !== undefined) known.push([name, timeOf(unixMs)])
    }
    return Object.fromEntries(known) as Partial<Record<string, Time>>
  }
}

const states = {
  starting: 'GATEWAY_STATE_STARTING',
  ready: 'GATEWAY_STATE_READY',
  store_away: 'GATEWAY_STATE_STORE_AWAY',
  stopping: 'GATEWAY_STATE_STOPPING',
} as const satisfies Record<GatewayStatus['state'], string>

const storeStates = {
  idle: 'STORE_STATE_IDLE',
  ok: 'STORE_STATE_OK',
  failing: 'STORE_STATE_FAILING',
} as const satisfies Record<CallsStatus['state'], string>

function processMessage(process: GatewayStatus['process']) {
  return {
    cpuCores: rounded(process.cpuCores),
    mainThreadBusy: rounded(process.mainThreadBusy),
    residentBytes: process.residentBytes,
    residentMaxBytes: process.residentBytesMax,
    heapUsedBytes: process.heapUsedBytes,
    heapMaxBytes: process.heapBytesMax,
    externalBytes: process.externalBytes,
  }
}

function listenerMessage({ isEncrypted, addresses, ...listener }: ListenerStatus) {
  return { ...listener, addresses: [...addresses], tls: isEncrypted }
}

function storeMessage<Time>(store: StoreStatus, times: TimesOf<Time>) {
  const { facts } = store
  return {
    kind: store.kind,
    address: store.address,
    writes: callsMessage(store.writes, times),
    reads: callsMessage(store.reads, times),
    ...(store.retentionMs !== undefined && { retentionSeconds: store.retentionMs / 1000 }),
    expiredSpans: countMessage(store.expiredSpans),
    evictedSpans: countMessage(store.evictedSpans),
    ...times({
      oldestArrivalTime: facts?.oldestArrivalUnixMs,
      newestArrivalTime: facts?.newestArrivalUnixMs,
      nextExpiryTime: facts?.nextExpiryUnixMs,
    }),
    ...(facts?.details && detailsMessage(facts.details, times)),
  }
}

function callsMessage<Time>(calls: CallsStatus, times: TimesOf<Time>) {
  return {
    state: storeStates[calls.state],
    failed: countMessage(calls.failed),
    lastError: calls.lastError?.message ?? '',
    ...times({
      lastSuccessTime: calls.lastSuccessUnixMs,
      failingSince: calls.failingSinceUnixMs,
      lastErrorTime: calls.lastError?.unixMs,
    }),
  }
}

/** One of them. */
interface DetailsMessage<Time> {
  readonly memory?: ReturnType<typeof memoryMessage>
  readonly sqlite?: ReturnType<typeof sqliteMessage>
  readonly cassandra?: ReturnType<typeof cassandraMessage<Time>>
}

function detailsMessage<Time>(details: StoreDetails, times: TimesOf<Time>): DetailsMessage<Time> {
  switch (details.kind) {
    case 'memory':
      return { memory: memoryMessage(details) }
    case 'sqlite':
      return { sqlite: sqliteMessage(details) }
    case 'cassandra':
      return { cassandra: cassandraMessage(details, times) }
  }
}

function memoryMessage(facts: MemoryFacts) {
  return {
    spanCount: facts.spanCount,
    sizeBytes: facts.sizeBytes,
    maxBytes: facts.bytesMax,
    archiveBytes: facts.archiveBytes,
    archiveMaxBytes: facts.archiveBytesMax,
  }
}

function sqliteMessage(facts: SqliteFacts) {
  return {
    ...memoryMessage(facts),
    fileCount: facts.fileCount,
    hourCount: facts.hourCount,
    diskFreeBytes: facts.freeBytes,
    damagedFileCount: facts.damagedFileCount,
  }
}

function cassandraMessage<Time>(facts: CassandraFacts, times: TimesOf<Time>) {
  const { keyspace, layout, schemaVersion, datacentre, consistency, nodes, cutover } = facts
  return {
    keyspace,
    layout,
    schemaVersion,
    datacentre,
    consistency,
    nodes: nodes.map(({ isUp, ...node }) => ({ ...node, up: isUp })),
    ...(cutover && {
      cutover: {
        newTables: cutover.newTables,
        oldKeyspace: cutover.oldKeyspace,
        ...times({ sinceTime: cutover.sinceUnixMs, readUntilTime: cutover.readUntilUnixMs }),
      },
    }),
  }
}

function admissionMessage(admission: AdmissionStatus) {
  return {
    bytesInFlight: admission.bytesInFlight,
    maxBytesInFlight: admission.bytesInFlightMax,
    pausedConnections: admission.pausedConnections,
    requestSeconds: rounded(admission.requestSeconds),
    refusedRequests: admission.refusedRequests.map(countMessage),
    givenUpMessages: admission.givenUpMessages.map(countMessage),
  }
}

function receiverMessage({ udp, ...receiver }: ReceiverStatus) {
  return {
    name: receiver.name,
    formats: [...receiver.formats],
    receivedSpans: countMessage(receiver.received),
    storedSpans: countMessage(receiver.stored),
    spansInFlight: receiver.inFlight,
    rejectedSpans: receiver.rejected.map(countMessage),
    droppedSpans: receiver.dropped.map(countMessage),
    refusedRequests: countMessage(receiver.refusedRequests),
    ...(udp && {
      kernelDroppedDatagrams: countMessage(udp.kernelDropped),
      clientLostSpans: countMessage(udp.clientSpans),
      clientLostBatches: countMessage(udp.clientBatches),
    }),
  }
}

function queryMessage(queries: QueryStatus) {
  return {
    runningSearches: queries.runningSearches,
    maxSearches: queries.searchesMax,
    refusedSearches: countMessage(queries.refusedSearches),
    waitingReads: queries.waitingReads,
    maxWaitingReads: queries.waitingReadsMax,
    refusedReads: countMessage(queries.refusedReads),
    waitingAnswers: queries.waitingAnswers,
    stalledAnswers: countMessage(queries.stalledAnswers),
  }
}

function samplingMessage<Time>({ adaptive, ...sampling }: SamplingStatus, times: TimesOf<Time>) {
  return {
    mode: sampling.mode,
    location: sampling.location ?? '',
    serviceCount: sampling.services,
    operationCount: sampling.operations,
    failing: sampling.failure !== undefined && !sampling.failure.isOver,
    lastError: sampling.failure?.message ?? '',
    ...times({
      changeTime: sampling.changedUnixMs,
      lastSuccessTime: sampling.succeededUnixMs,
      lastErrorTime: sampling.failure?.unixMs,
    }),
    ...(adaptive && {
      adaptive: {
        targetPerSecond: adaptive.targetPerSecond,
        intervalSeconds: adaptive.intervalMs / 1000,
        leader: adaptive.leader ?? '',
        isLeader: adaptive.isLeader,
        leaseSeconds: rounded(adaptive.leaseMs / 1000),
        receiverCount: adaptive.receivers ?? 0,
      },
    }),
  }
}

interface Counted {
  readonly total: number
  readonly perSecond: number
}

function countMessage<C extends Counted>(count: C): C {
  return { ...count, perSecond: rounded(count.perSecond) }
}

/** To thousandths: nobody reads further. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
