import type { CallsStatus, GatewayStatus, StatusView } from '../../src/ports/gateway-status.ts'
import type { StoreDetails } from '../../src/ports/store-facts.ts'

/** The moment of the sample, ms since the epoch. */
export const sampleUnixMs = Date.UTC(2026, 0, 31, 12)

const count = (total: number, perSecond = 0) => ({ total, perSecond })

const calls: CallsStatus = {
  state: 'ok',
  failedCount: 2,
  failed: count(2),
  lastSuccessUnixMs: sampleUnixMs - 10,
  failingSinceUnixMs: undefined,
  lastError: { message: 'Cannot commit: disk full', unixMs: sampleUnixMs - 60_000 },
}

/** Facts of each kind of store, with a value for every field. */
export const sampleDetails: Readonly<Record<StoreDetails['kind'], StoreDetails>> = {
  memory: {
    kind: 'memory',
    spanCount: 5,
    sizeBytes: 2048,
    bytesMax: 1024 ** 3,
    archiveBytes: 100,
    archiveBytesMax: 1000,
  },
  sqlite: {
    kind: 'sqlite',
    spanCount: 5_012_331,
    fileCount: 14,
    hourCount: 12,
    sizeBytes: 1.3e9,
    bytesMax: 10 * 1024 ** 3,
    archiveBytes: 4096,
    archiveBytesMax: 1024 ** 3,
    freeBytes: 40 * 1024 ** 3,
    damagedFileCount: 0,
    waitingReads: 1,
    waitingReadsMax: 1024,
  },
  cassandra: {
    kind: 'cassandra',
    keyspace: 'spans',
    layout: 'native',
    schemaVersion: '4',
    datacentre: 'dc1',
    consistency: 'LOCAL_QUORUM',
    nodes: [
      { address: '10.0.0.1:9042', datacentre: 'dc1', isUp: true },
      { address: '10.0.0.2:9042', datacentre: 'dc1', isUp: true },
    ],
    cutover: {
      newTables: 'native',
      oldKeyspace: 'jaeger',
      sinceUnixMs: sampleUnixMs - 3_600_000,
      readUntilUnixMs: sampleUnixMs + 3_600_000,
    },
  },
}

/** A gateway that is well, with a value for every field. */
export function sampleStatus(changes: Partial<GatewayStatus> = {}): GatewayStatus {
  return {
    version: '1.2.3',
    nodeVersion: '20.20.2',
    host: 'host',
    processId: 123,
    startUnixMs: sampleUnixMs - 11_520_000,
    nowUnixMs: sampleUnixMs,
    uptimeSeconds: 11_520,
    state: 'ready',
    problems: [],
    rateSeconds: 60,
    process: {
      cpuCores: 0.42,
      mainThreadBusy: 0.12,
      residentBytes: 200 * 1024 ** 2,
      residentBytesMax: 8 * 1024 ** 3,
      heapUsedBytes: 80 * 1024 ** 2,
      heapBytesMax: 4 * 1024 ** 3,
      externalBytes: 30 * 1024 ** 2,
    },
    listeners: [
      {
        name: 'otlp.grpc',
        protocol: 'gRPC',
        addresses: ['127.0.0.1:4317', '[::1]:4317'],
        isEncrypted: false,
        openConnections: 3,
      },
      {
        name: 'jaeger.udp.compact',
        protocol: 'UDP',
        addresses: ['127.0.0.1:6831'],
        isEncrypted: false,
        openConnections: 0,
      },
    ],
    store: {
      kind: 'sqlite',
      address: 'sqlite:./spangate-data',
      writes: calls,
      reads: { ...calls, failedCount: 0, failed: count(0), lastError: undefined },
      retentionMs: 72 * 3_600_000,
      expiredSpans: count(100),
      evictedSpans: count(7),
      facts: {
        oldestArrivalUnixMs: sampleUnixMs - 43_200_000,
        newestArrivalUnixMs: sampleUnixMs - 500,
        nextExpiryUnixMs: sampleUnixMs + 3_600_000,
        details: sampleDetails.sqlite,
      },
    },
    admission: {
      bytesInFlight: 1.5 * 1024 ** 2,
      bytesInFlightMax: 512 * 1024 ** 2,
      pausedConnections: 1,
      requestSeconds: 0.003,
      refusedRequests: [{ reason: 'overloaded', ...count(12) }],
      givenUpMessages: [{ reason: 'busy', ...count(3, 0.05) }],
    },
    receivers: [
      {
        name: 'jaeger_udp_compact',
        formats: ['jaeger_thrift'],
        received: count(10),
        stored: count(10),
        inFlight: 0,
        rejected: [],
        dropped: [],
        refusedRequests: count(0),
        udp: { kernelDropped: count(4), clientSpans: count(5), clientBatches: count(6) },
      },
      {
        name: 'otlp_grpc',
        formats: ['otlp_proto'],
        received: count(1_234_567, 1020),
        stored: count(1_234_500, 1019.5),
        inFlight: 60,
        rejected: [{ reason: 'zero_trace_id', ...count(5) }],
        dropped: [{ reason: 'store_unavailable', ...count(2) }],
        refusedRequests: count(12),
        udp: undefined,
      },
    ],
    queries: {
      runningSearches: 2,
      searchesMax: 16,
      refusedSearches: count(1),
      waitingReads: 1,
      waitingReadsMax: 1024,
      refusedReads: count(2),
      waitingAnswers: 3,
      stalledAnswers: count(4),
    },
    sampling: {
      mode: 'adaptive',
      location: 'strategies.json',
      services: 3,
      operations: 12,
      changedUnixMs: sampleUnixMs - 5000,
      succeededUnixMs: sampleUnixMs - 1000,
      failure: { message: 'line 3: no', unixMs: sampleUnixMs - 90_000, isOver: true },
      adaptive: {
        targetPerSecond: 1,
        intervalMs: 15_000,
        leader: 'host:123',
        isLeader: true,
        leaseMs: 18_000,
        receivers: 2,
        sinceChangeMs: 5000,
      },
    },
    ...changes,
  }
}

/** Always tells the same. */
export function viewOf(status: GatewayStatus): StatusView {
  return { status: async () => status }
}
