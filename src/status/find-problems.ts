import type { CallsStatus, GatewayState, GatewayStatus } from '../ports/gateway-status.ts'

type Known = Omit<GatewayStatus, 'problems'>

/** Shares from which on something is told. */
const share = { bytesInFlight: 7 / 8, mainThread: 0.9, memory: 0.9 } as const
/** A process that starts is busy for some seconds. */
const busySecondsMin = 20
/** Less than this is soon full, unless the bound of the store comes first. */
const diskFreeBytesMin = 512 * 1024 ** 2

/** What of a status somebody should look at, what is worst first; each a sentence without a full stop. */
export function findProblems(status: Known): readonly string[] {
  return [
    ...stateProblems(status),
    ...storeProblems(status),
    ...spanProblems(status),
    ...loadProblems(status),
    ...samplingProblems(status),
  ]
}

function stateProblems({ state }: Known): string[] {
  const problem = stateTexts[state]
  return problem === undefined ? [] : [problem]
}

const stateTexts: Readonly<Record<GatewayState, string | undefined>> = {
  starting: 'It is starting: some listeners are not open yet',
  ready: undefined,
  store_away: 'The store does not answer; it is tried again, and nothing is ready until then',
  stopping: 'It is stopping and takes nothing new',
}

function storeProblems({ store, rateSeconds }: Known): string[] {
  const { facts, factsFailure, evictedSpans } = store
  const problems = [...callProblems('Writes', store.writes), ...callProblems('Reads', store.reads)]
  if (factsFailure !== undefined)
    problems.push(`The store cannot tell about itself: ${factsFailure}`)
  else if (facts === undefined) problems.push('The store did not tell about itself within a second')
  const evicted = Math.round(evictedSpans.perSecond * rateSeconds)
  if (evicted > 0) {
    const why = 'before their retention ended, so that the store stays within its bound of bytes'
    problems.push(`${evicted} spans of the last ${lately(rateSeconds)} were removed ${why}`)
  }
  const { details } = facts ?? {}
  if (details?.kind === 'sqlite') {
    const growsBytes = details.bytesMax - details.sizeBytes
    if (details.freeBytes < Math.min(growsBytes, diskFreeBytesMin)) {
      const most = `the store may grow by ${growsBytes} (store.sqlite.max-bytes)`
      problems.push(`The disk has ${details.freeBytes} bytes left, and ${most}`)
    }
    if (details.damagedFileCount > 0) {
      problems.push(`${details.damagedFileCount} files of the store are damaged and set aside`)
    }
  }
  if (details?.kind === 'cassandra') {
    const down = details.nodes.filter(({ isUp }) => !isUp).map(({ address }) => address)
    if (down.length > 0) problems.push(`Nodes of the store do not answer: ${down.join(', ')}`)
  }
  return problems
}

function callProblems(what: string, calls: CallsStatus): string[] {
  if (calls.failingSinceUnixMs === undefined) return []
  const since = new Date(calls.failingSinceUnixMs).toISOString()
  const { unixMs = 0, message } = calls.lastError ?? {}
  const isLater = unixMs > calls.failingSinceUnixMs
  const last = isLater ? `, last at ${new Date(unixMs).toISOString()}` : ''
  return [`${what} fail since ${since}${last}: ${message}`]
}

function spanProblems({ receivers, rateSeconds }: Known): string[] {
  return receivers.flatMap(({ name, dropped, refusedRequests, udp }) => {
    const lost = [
      ['spans were not confirmed', sumOf(dropped)],
      ['requests were refused', refusedRequests.perSecond],
      ['datagrams were dropped by the kernel', udp?.kernelDropped.perSecond ?? 0],
    ] as const
    return lost
      .map(([what, perSecond]) => [what, Math.round(perSecond * rateSeconds)] as const)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => {
        const counted = count === 1 ? what.replace('s were', ' was') : what
        return `${name}: ${count} ${counted} in the last ${lately(rateSeconds)}`
      })
  })
}

function loadProblems({ admission, process, rateSeconds }: Known): string[] {
  const problems: string[] = []
  const { bytesInFlight, bytesInFlightMax } = admission
  if (bytesInFlight > bytesInFlightMax * share.bytesInFlight) {
    problems.push(
      `Bytes in flight are ${bytesInFlight} of ${bytesInFlightMax} (admission.max-bytes)`,
    )
  }
  if (process.mainThreadBusy > share.mainThread && rateSeconds > busySecondsMin) {
    problems.push(
      `The main thread is busy ${Math.round(process.mainThreadBusy * 100)} % of the time`,
    )
  }
  if (process.residentBytes > process.residentBytesMax * share.memory) {
    problems.push(`Memory is ${process.residentBytes} of ${process.residentBytesMax} bytes`)
  }
  return problems
}

function samplingProblems({ sampling: { mode, failure } }: Known): string[] {
  if (failure === undefined || failure.isOver) return []
  const what = mode === 'file' ? 'Strategies cannot be read' : 'The store of sampling fails'
  return [`${what}, the last good ones stay: ${failure.message}`]
}

function sumOf(counts: readonly { readonly perSecond: number }[]): number {
  return counts.reduce((sum, { perSecond }) => sum + perSecond, 0)
}

function lately(seconds: number): string {
  return `${Math.round(seconds)} s`
}
