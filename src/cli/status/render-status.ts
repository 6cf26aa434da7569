import type { statusMessage } from '../../query/spangate-v1/status-message.ts'
import { printableText } from '../trace/printable-text.ts'
import { bytesText, countText, rateText, secondsText, shareText } from './amounts.ts'

/** A status as HTTP has it. */
export type StatusJson = ReturnType<typeof statusMessage<string>>

/** How a status looks. */
export interface StatusStyle {
  /** Problems in red, by the escapes of terminals. */
  readonly isColoured?: boolean
}

/** A status as a text: who it is, what is wrong, its parts, receivers and listeners. */
export function renderStatus(status: StatusJson, { isColoured }: StatusStyle = {}): string {
  const { problems } = status
  const red = (text: string): string => (isColoured ? `\u001b[31m${text}\u001b[0m` : text)
  const told = problems.map((problem) => red(`! ${printableText(problem)}`))
  const lines = [
    headLine(status),
    ...(told.length === 0 ? [] : ['', ...told]),
    '',
    ...partLines(status),
    '',
    ...table(receiverRows(status)),
    '',
    ...table(listenerRows(status)),
  ]
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

const states: Readonly<Record<string, string>> = {
  GATEWAY_STATE_STARTING: 'is starting',
  GATEWAY_STATE_READY: 'is ready',
  GATEWAY_STATE_STORE_AWAY: 'has lost its store',
  GATEWAY_STATE_STOPPING: 'is stopping',
  STORE_STATE_IDLE: 'not asked yet',
  STORE_STATE_OK: 'ok',
  STORE_STATE_FAILING: 'failing',
}

function headLine({ version, state, host, processId, nodeVersion, uptimeSeconds }: StatusJson) {
  const since = `runs for ${secondsText(uptimeSeconds)}`
  const where = `process ${processId} on ${printableText(host)}, Node ${nodeVersion}`
  return `spangate ${version} ${states[state]}, ${since} (${where})`
}

/** Lines below a name in front of the first. */
function partLines(status: StatusJson): string[] {
  const parts: readonly (readonly [name: string, lines: readonly string[]])[] = [
    ['process', processLines(status)],
    ['store', storeLines(status)],
    ['admission', admissionLines(status)],
    ['queries', queryLines(status)],
    ['sampling', samplingLines(status)],
  ]
  return parts.flatMap(([name, lines]) =>
    lines.map((line, at) => `${(at === 0 ? name : '').padEnd(11)}${line}`),
  )
}

function processLines({ process }: StatusJson): string[] {
  const { residentBytes, residentMaxBytes, heapUsedBytes, heapMaxBytes } = process
  const memory = `memory ${ofBytes(residentBytes, residentMaxBytes)}, heap ${ofBytes(heapUsedBytes, heapMaxBytes)}`
  const busy = `main thread ${Math.round(process.mainThreadBusy * 100)} % busy`
  return [
    `${memory}, buffers ${bytesText(process.externalBytes)}`,
    `${process.cpuCores} CPU cores, ${busy}`,
  ]
}

function storeLines(status: StatusJson): string[] {
  const { store, time } = status
  const { writes, reads } = store
  const calls = `writes ${callsText(writes)}, reads ${callsText(reads)}`
  const now = Date.parse(time)
  return [
    printableText(store.address),
    calls,
    ...detailLines(store),
    ...ageLines(store, now),
    removedLine(store),
  ].filter((line) => line !== '')
}

type Store = StatusJson['store']

function callsText({ state, failed }: Store['writes']): string {
  const times = failed.total === 0 ? '' : ` (${countText(failed.total)} failed)`
  return `${states[state]}${times}`
}

function detailLines(store: Store): string[] {
  if (store.memory !== undefined) {
    const { spanCount, sizeBytes, maxBytes } = store.memory
    return [`${countText(spanCount)} spans, ${ofBytes(sizeBytes, maxBytes)}`]
  }
  if (store.sqlite !== undefined) {
    const { spanCount, fileCount, hourCount, sizeBytes, maxBytes, diskFreeBytes } = store.sqlite
    const files = `${fileCount} ${fileCount === 1 ? 'file' : 'files'} of ${hourCount} ${hourCount === 1 ? 'hour' : 'hours'}`
    const size = `${ofBytes(sizeBytes, maxBytes)}, ${bytesText(diskFreeBytes)} of disk free`
    return [`${countText(spanCount)} spans in ${files}, ${size}`]
  }
  return store.cassandra === undefined ? [] : cassandraLines(store.cassandra)
}

type Cassandra = NonNullable<Store['cassandra']>

function cassandraLines(cassandra: Cassandra): string[] {
  const { keyspace, layout, schemaVersion, datacentre, consistency, nodes } = cassandra
  const up = nodes.filter((node) => node.up).length
  const tables = `keyspace ${keyspace}, ${layout} tables at version ${schemaVersion}`
  const lines = [
    tables,
    `${up} of ${nodes.length} nodes up, data centre ${printableText(datacentre)}, ${consistency}`,
  ]
  if (cassandra.cutover !== undefined) {
    const { newTables, oldKeyspace, sinceTime, readUntilTime } = cassandra.cutover
    const until = readUntilTime === undefined ? 'for ever' : `until ${readUntilTime}`
    lines.push(
      `new spans go to ${newTables} since ${sinceTime}; those of keyspace ${oldKeyspace} are read ${until}`,
    )
  }
  return lines
}

function ageLines(store: Store, now: number): string[] {
  const { oldestArrivalTime: oldest, newestArrivalTime: newest, nextExpiryTime: expiry } = store
  const kept = keptText(store.retentionSeconds)
  if (oldest === undefined || newest === undefined) return [kept]
  const ago = (time: string): string => secondsText(Math.max(0, now - Date.parse(time)) / 1000)
  const left = expiry === undefined ? 0 : (Date.parse(expiry) - now) / 1000
  const next = left > 0 ? `; the oldest go in ${secondsText(left)}` : ''
  return [`the newest came ${ago(newest)} ago, the oldest ${ago(oldest)} ago, ${kept}${next}`]
}

function keptText(seconds: number | undefined): string {
  if (seconds === undefined) return 'kept as long as the other process likes'
  return seconds === 0 ? 'kept for ever' : `kept for ${secondsText(seconds)}`
}

function removedLine({ expiredSpans, evictedSpans }: Store): string {
  const removed = [
    ['expired', expiredSpans],
    ['evicted', evictedSpans],
  ] as const
  return removed
    .filter(([, { total }]) => total > 0)
    .map(([what, { total }]) => `${countText(total)} spans ${what}`)
    .join(', ')
}

function admissionLines({ admission }: StatusJson): string[] {
  const { bytesInFlight, maxBytesInFlight, pausedConnections, requestSeconds } = admission
  const paused = pausedConnections === 0 ? '' : `, ${pausedConnections} connections paused`
  const lines = [
    `${ofBytes(bytesInFlight, maxBytesInFlight)} in flight, requests take ${secondsText(requestSeconds)}${paused}`,
  ]
  const { refusedRequests, givenUpMessages } = admission
  if (refusedRequests.length > 0) lines.push(`requests refused: ${reasonsText(refusedRequests)}`)
  if (givenUpMessages.length > 0) lines.push(`messages given up: ${reasonsText(givenUpMessages)}`)
  return lines
}

function reasonsText(counts: StatusJson['admission']['refusedRequests']): string {
  return counts
    .map(({ reason, total, perSecond }) => `${reason} ${countText(total)}${eachSecond(perSecond)}`)
    .join(', ')
}

function eachSecond(perSecond: number): string {
  return perSecond === 0 ? '' : ` (${rateText(perSecond)}/s)`
}

function queryLines({ queries }: StatusJson): string[] {
  const { runningSearches, maxSearches, waitingReads, maxWaitingReads, waitingAnswers } = queries
  const reads = maxWaitingReads === 0 ? '' : `, ${waitingReads} of ${maxWaitingReads} reads wait`
  const refused = [
    ['searches refused', queries.refusedSearches],
    ['reads refused', queries.refusedReads],
    ['answers ended as nobody took them', queries.stalledAnswers],
  ] as const
  const told = refused
    .filter(([, { total }]) => total > 0)
    .map(([what, { total, perSecond }]) => `${countText(total)} ${what}${eachSecond(perSecond)}`)
  return [
    `${runningSearches} of ${maxSearches} searches run${reads}, ${waitingAnswers} answers wait for clients`,
    ...(told.length === 0 ? [] : [told.join(', ')]),
  ]
}

function samplingLines({ sampling, time }: StatusJson): string[] {
  const { mode, location, serviceCount, operationCount, changeTime, lastError } = sampling
  const from = location === '' ? '' : ` ${printableText(location)}`
  const counts = `${countText(serviceCount)} services, ${countText(operationCount)} operations`
  const changed =
    changeTime === undefined
      ? ''
      : `, changed ${secondsText(Math.max(0, Date.parse(time) - Date.parse(changeTime)) / 1000)} ago`
  const lines = [`${mode}${from}, ${counts}${changed}`]
  if (sampling.adaptive !== undefined) {
    const { targetPerSecond, intervalSeconds, leader, isLeader } = sampling.adaptive
    const who = leader === '' ? 'nobody is known to lead' : `led by ${printableText(leader)}`
    lines.push(
      `target ${targetPerSecond}/s every ${intervalSeconds} s, ${who}${isLeader ? ' (this one)' : ''}`,
    )
  }
  if (lastError !== '') {
    const when = sampling.failing ? 'fails' : 'failed'
    lines.push(`${when} at ${sampling.lastErrorTime}: ${printableText(lastError)}`)
  }
  return lines
}

const receiverHead = [
  'RECEIVER',
  'RECEIVED',
  '/S',
  'STORED',
  '/S',
  'REJECTED',
  'DROPPED',
  'REFUSED',
]

function receiverRows({ receivers }: StatusJson): readonly (readonly string[])[] {
  if (receivers.length === 0) return [['no receiver has taken anything yet']]
  const rows = receivers.map((one) => [
    one.name,
    countText(one.receivedSpans.total),
    rateText(one.receivedSpans.perSecond),
    countText(one.storedSpans.total),
    rateText(one.storedSpans.perSecond),
    totalText(one.rejectedSpans),
    totalText(one.droppedSpans),
    countText(one.refusedRequests.total),
  ])
  return [receiverHead, ...rows]
}

function totalText(counts: readonly { readonly total: number }[]): string {
  return countText(counts.reduce((sum, { total }) => sum + total, 0))
}

function listenerRows({ listeners }: StatusJson): readonly (readonly string[])[] {
  const rows = listeners.map(({ name, protocol, tls, openConnections, addresses }) => [
    name,
    countText(openConnections),
    `${tls ? `${protocol} with TLS` : protocol} on ${addresses.join(', ')}`,
  ])
  return [['LISTENER', 'OPEN', ''], ...rows]
}

/** The first column and a last one that is a text stand left, numbers right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const [head = []] = rows
  const widths = head.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0
        return at === 0 || head[at] === '' ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  '),
  )
}

function ofBytes(bytes: number, max: number): string {
  return `${bytesText(bytes)} of ${bytesText(max)}${shareText(bytes, max)}`
}
