import type { InboundConnection, InboundStream } from './inbound-connection.ts'

/** Of requests that were not refused. */
export function leastMissing(streams: Iterable<InboundStream>): InboundStream | undefined {
  let least: InboundStream | undefined
  for (const stream of streams) {
    if (stream.refusedMs !== undefined) continue
    if (least === undefined || stream.missingBytes < least.missingBytes) least = stream
  }
  return least
}

/** Requests that have not arrived and wait so long already. */
export function waitingFor(
  waitMs: number,
  connections: Iterable<InboundConnection>,
  nowMs: number,
): readonly InboundStream[] {
  const streams = [...connections].flatMap(({ waiting }) => [...waiting])
  return streams.filter((stream) => !stream.finished && stream.waitedMsAt(nowMs) >= waitMs)
}

/** Bytes of requests that have not arrived whole. */
export function bytesOfParts(connections: Iterable<InboundConnection>): number {
  let bytes = 0
  for (const { streams } of connections) {
    for (const { finished, heldBytes } of streams) if (!finished) bytes += heldBytes
  }
  return bytes
}

/** Few of them give much room. */
export function mostHeldFirst(streams: readonly InboundStream[]): readonly InboundStream[] {
  return [...streams].sort((a, b) => b.heldBytes - a.heldBytes)
}

/** Who waits, in the order in which they are refused: then the youngest first. What is nearly there is kept. */
export function mostMissingFirst(streams: readonly InboundStream[]): readonly InboundStream[] {
  return [...streams].sort(
    (a, b) => compare(b.missingBytes, a.missingBytes) || b.openedMs - a.openedMs,
  )
}

/** As a sort wants it, also for infinities. */
function compare(a: number, b: number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
