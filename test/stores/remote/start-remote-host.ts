import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount, startMicros } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { batchOfGroups } from '../../../bridge/otlp/encode-groups.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { searchBoundDefaults } from '../../../src/search/search-meter.ts'
import { noArrivalUnixMs } from '../../../src/stores/no-arrival.ts'
import { remoteLimits } from '../../../src/stores/open-store.ts'
import type { RemoteStoreSettings } from '../../../src/stores/remote/open-remote-store.ts'
import { openRemoteStore } from '../../../src/stores/remote/open-remote-store.ts'
import { searchAbilitiesOf } from '../../../src/stores/remote/plan-search.ts'
import { parseRemoteAddress } from '../../../src/stores/remote/remote-address.ts'
import { RemoteChannel } from '../../../src/stores/remote/remote-channel.ts'
import { RemoteStorage } from '../../../src/stores/remote/remote-storage.ts'
import { RemoteStore } from '../../../src/stores/remote/remote-store.ts'

/** A process with gateways that are remote storages; ends with the test. */
export interface RemoteHost {
  /** Starts one that keeps spans in memory. @returns `host:port` of its remote storage */
  start(): Promise<string>
  /** Stops the one before the last. */
  stopOlder(): Promise<void>
}

const program = fileURLToPath(new URL('./remote-host.js', import.meta.url))

/** Starts the process. */
export function startRemoteHost(t: Test): RemoteHost {
  // A loader of the test is nothing for it.
  const child = fork(program, { execArgv: [], env: { PATH: process.env['PATH'] } })
  t.teardown(() => child.kill('SIGKILL'))
  return {
    start: async () => {
      const { address } = await ask(child, { open: 'memory:' })
      if (address === undefined) throw new Error('the remote has no storage')
      return address
    },
    stopOlder: async () => {
      await ask(child, { close: true })
    },
  }
}

async function ask(child: ChildProcess, message: object): Promise<{ readonly address?: string }> {
  child.send(message)
  const [answer] = await once(child, 'message')
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer
}

/** Opens a store over a remote storage; the test closes it. */
export function openOver(
  address: string,
  more: Partial<RemoteStoreSettings> = {},
): Promise<SpanStore> {
  return openRemoteStore({
    ...remoteLimits,
    address: parseRemoteAddress(`grpc://${address}`),
    ...more,
  })
}

/** The same, with a remote that says nothing of the order in which it answers. */
export async function openUnordered(address: string): Promise<SpanStore> {
  const { requestBytesMax, depthMax, ...limits } = remoteLimits
  const channel = await RemoteChannel.connect({
    ...limits,
    address: parseRemoteAddress(`grpc://${address}`),
  })
  const remote = new RemoteStorage(channel)
  return new RemoteStore({
    remote,
    disconnect: () => channel.close(),
    abilities: async () => ({
      ...searchAbilitiesOf(await remote.searchCapabilities({})),
      isOrdered: false,
    }),
    searchBounds: searchBoundDefaults,
    requestBytesMax,
    messageBytesMax: limits.messageBytesMax,
    timeoutMs: limits.timeoutMs,
    depthMax,
    onDamaged: (error) => {
      throw error
    },
  })
}

/**
 * What a remote storage gives back of a batch: all but its arrival. Spans that begin far from it are moved: a
 * spangate would find them by a time that depends on when they came to it, and tells nobody of that.
 */
export function kept(batch: SpanBatch): SpanBatch {
  const arrivalMicros = batch.arrivalUnixMs * 1000
  const isFar = (start: number): boolean =>
    start < longAgoMicros || start > arrivalMicros + hourMicros
  const isNear = !Array.from(Array(spanCount(batch)).keys(), (at) => startMicros(batch, at)).some(
    isFar,
  )
  // Its spans have been here already, or need not move.
  if (isNear || batch.arrivalUnixMs === noArrivalUnixMs) {
    return { ...batch, arrivalUnixMs: noArrivalUnixMs }
  }
  const groups = groupsOf(batch).map((group) => ({
    ...group,
    spans: group.spans.map((span) => {
      const micros = Number(span.startUnixNano / 1000n)
      if (!isFar(micros)) return span
      const hours = micros < arrivalMicros ? -9 : 0.5
      const moved = BigInt(arrivalMicros + hours * hourMicros) * 1000n
      return {
        ...span,
        startUnixNano: moved,
        endUnixNano: moved + span.endUnixNano - span.startUnixNano,
      }
    }),
  }))
  return batchOfGroups(groups, { arrivalUnixMs: noArrivalUnixMs }).batch
}

const hourMicros = 3_600_000_000
/** In 2001; other samples are of 2020, and never far apart. */
const longAgoMicros = 1e15
