import type { Schema } from '../http/schema.ts'
import { boolean, integer, listOf, named, objectOf, text } from '../http/schema.ts'

const count: Schema = { ...integer, minimum: 0 }
const bytes: Schema = { ...count, description: 'Bytes.' }
const number: Schema = { type: 'number', minimum: 0 }
const seconds: Schema = { ...number, description: 's' }
const time: Schema = { ...text, format: 'date-time' }
const oneOf = (...words: string[]): Schema => ({ ...text, enum: words })
const counted = named('Count')
const byReason = listOf(named('ReasonCount'))

/**
 * spangate.v1.GetStatusResponse; its proto says what each field means. Every field is there, also those that are 0;
 * times that nobody knows and messages that do not apply are left out.
 */
export const statusSchemas: Readonly<Record<string, Schema>> = {
  GatewayStatus: {
    ...objectOf({
      version: text,
      nodeVersion: text,
      host: text,
      processId: count,
      startTime: time,
      time,
      uptimeSeconds: seconds,
      state: oneOf(
        'GATEWAY_STATE_STARTING',
        'GATEWAY_STATE_READY',
        'GATEWAY_STATE_STORE_AWAY',
        'GATEWAY_STATE_STOPPING',
      ),
      problems: { ...listOf(text), description: 'What somebody should look at now.' },
      rateSeconds: { ...seconds, description: 'Of how many seconds rates are the mean.' },
      process: named('ProcessStatus'),
      listeners: listOf(named('ListenerStatus')),
      store: named('StoreStatus'),
      admission: named('AdmissionStatus'),
      receivers: listOf(named('ReceiverStatus')),
      queries: named('QueryStatus'),
      sampling: named('SamplingState'),
    }),
    description: 'spangate.v1.GetStatusResponse, which says what each member means.',
  },
  Count: objectOf({ total: count, perSecond: number }),
  ReasonCount: objectOf({ reason: text, total: count, perSecond: number }),
  ProcessStatus: objectOf({
    cpuCores: number,
    mainThreadBusy: { ...number, maximum: 1 },
    residentBytes: bytes,
    residentMaxBytes: bytes,
    heapUsedBytes: bytes,
    heapMaxBytes: bytes,
    externalBytes: bytes,
  }),
  ListenerStatus: objectOf({
    name: text,
    protocol: oneOf('gRPC', 'HTTP', 'UDP'),
    addresses: listOf(text),
    tls: boolean,
    openConnections: count,
  }),
  StoreStatus: objectOf(
    {
      kind: text,
      address: { ...text, description: 'Without a password.' },
      writes: named('StoreCalls'),
      reads: named('StoreCalls'),
      expiredSpans: counted,
      evictedSpans: counted,
    },
    {
      retentionSeconds: { ...seconds, description: '0: for ever.' },
      oldestArrivalTime: time,
      newestArrivalTime: time,
      nextExpiryTime: time,
      memory: named('MemoryStoreStatus'),
      sqlite: named('SqliteStoreStatus'),
      cassandra: named('CassandraStoreStatus'),
    },
  ),
  StoreCalls: objectOf(
    {
      state: oneOf('STORE_STATE_IDLE', 'STORE_STATE_OK', 'STORE_STATE_FAILING'),
      failed: counted,
      lastError: text,
    },
    { lastSuccessTime: time, failingSince: time, lastErrorTime: time },
  ),
  MemoryStoreStatus: objectOf({
    spanCount: count,
    sizeBytes: bytes,
    maxBytes: bytes,
    archiveBytes: bytes,
    archiveMaxBytes: bytes,
  }),
  SqliteStoreStatus: objectOf({
    spanCount: count,
    fileCount: count,
    hourCount: count,
    sizeBytes: bytes,
    maxBytes: bytes,
    archiveBytes: bytes,
    archiveMaxBytes: bytes,
    diskFreeBytes: bytes,
    damagedFileCount: count,
  }),
  CassandraStoreStatus: objectOf(
    {
      keyspace: text,
      layout: oneOf('native', 'jaeger'),
      schemaVersion: text,
      datacentre: text,
      consistency: text,
      nodes: listOf(objectOf({ address: text, datacentre: text, up: boolean })),
    },
    {
      cutover: objectOf(
        { newTables: text, oldKeyspace: text, sinceTime: time },
        { readUntilTime: time },
      ),
    },
  ),
  AdmissionStatus: objectOf({
    bytesInFlight: bytes,
    maxBytesInFlight: bytes,
    pausedConnections: count,
    requestSeconds: seconds,
    refusedRequests: byReason,
    givenUpMessages: byReason,
  }),
  ReceiverStatus: objectOf(
    {
      name: text,
      formats: listOf(text),
      receivedSpans: counted,
      storedSpans: counted,
      spansInFlight: count,
      rejectedSpans: byReason,
      droppedSpans: byReason,
      refusedRequests: counted,
    },
    {
      kernelDroppedDatagrams: counted,
      clientLostSpans: counted,
      clientLostBatches: counted,
    },
  ),
  QueryStatus: objectOf({
    runningSearches: count,
    maxSearches: count,
    refusedSearches: counted,
    waitingReads: count,
    maxWaitingReads: count,
    refusedReads: counted,
    waitingAnswers: count,
    stalledAnswers: counted,
  }),
  SamplingState: objectOf(
    {
      mode: oneOf('file', 'adaptive'),
      location: text,
      serviceCount: count,
      operationCount: count,
      failing: boolean,
      lastError: text,
    },
    {
      changeTime: time,
      lastSuccessTime: time,
      lastErrorTime: time,
      adaptive: objectOf({
        targetPerSecond: number,
        intervalSeconds: seconds,
        leader: text,
        isLeader: boolean,
        leaseSeconds: seconds,
        receiverCount: count,
      }),
    },
  ),
}
