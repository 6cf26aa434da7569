import { WireError } from '../../../bridge/wire/wire-error.ts'
import type { SamplingStore } from '../../ports/sampling-store.ts'
import { samplingVersionsKept } from '../../ports/sampling-store.ts'
import { givingWay } from '../give-way.ts'
import { readCounts } from './counts-document.ts'
import type { OperationCounts } from './operation-counts.ts'
import { partSeconds } from './parts-writer.ts'

/** A process that has told nothing for so many intervals is not waited for. */
const goneIntervals = 2.5
/** So often an interval is looked for of which the store knows the name; one that keeps fewer has lost it. */
const looksMax = 3

/** What one process told in one interval. */
interface Told {
  readonly version: number
  readonly atMs: number
  readonly seconds: number
  readonly parts: readonly Uint8Array[]
}

interface Receiver {
  /** Version up to which its intervals were fetched. */
  fetched: number
  /** How often one was looked for that is not there. */
  missed: number
  /** When the newest was found, by this process's monotonic clock. */
  heardMs: number
  told: Told[]
}

/** When intervals of receivers count. */
export interface ReceivedOptions {
  readonly store: SamplingStore
  readonly intervalMs: number
  /** So long after they were found. */
  readonly delayMs: number
  /** Told of counts that cannot be read, which are left out. */
  readonly onBadCounts: (process: string, error: unknown) => void
}

/** What all processes counted in about an interval. */
export interface Gathered {
  /** How long that was, the mean of all. */
  readonly seconds: number
  readonly counts: Iterable<OperationCounts>
  /** Version of each process up to which it is taken. */
  readonly taken: ReadonlyMap<string, number>
}

/**
 * Fetches what all processes have counted, each interval once, by the numbers that each gives its own: whatever
 * their clocks say, it does not matter.
 */
export class ReceivedCounts {
  readonly #options: ReceivedOptions
  readonly #receivers = new Map<string, Receiver>()
  readonly #takenBefore: ReadonlyMap<string, number>

  /** @param taken versions that whoever led before has taken */
  constructor(options: ReceivedOptions, taken: ReadonlyMap<string, number>) {
    this.#options = options
    this.#takenBefore = taken
  }

  /** Processes that are counted in. */
  receiverCount(nowMs: number): number {
    return [...this.#receivers.values()].filter((one) => this.#isAlive(one, nowMs)).length
  }

  async fetch(nowMs: number): Promise<void> {
    const { store } = this.#options
    const versions = await store.versions('counts')
    for (const name of this.#receivers.keys()) {
      if (!versions.has(name)) this.#receivers.delete(name)
    }
    for (const [name, version] of versions) {
      const known = this.#receivers.get(name) ?? this.#newReceiver(name, nowMs)
      const first = Math.max(known.fetched + 1, version - samplingVersionsKept + 1)
      for (let at = first; at <= version; at++) {
        known.heardMs = nowMs
        const parts = await store.get('counts', name, at)
        // Its name may be visible before it is.
        if (parts === undefined && ++known.missed < looksMax) break
        known.fetched = at
        if (at === version) known.missed = 0
        if (parts !== undefined && (await this.#isReadable(name, parts))) {
          known.told.push({ version: at, atMs: nowMs, seconds: secondsOf(parts), parts })
        }
      }
      // Of one that is not asked for because of the delay no more is kept than the store keeps.
      const kept =
        samplingVersionsKept + Math.ceil(this.#options.delayMs / this.#options.intervalMs)
      known.told = known.told.slice(-kept)
    }
  }

  /** Whether every process that is alive has told of an interval that counts. */
  isComplete(nowMs: number): boolean {
    const { delayMs } = this.#options
    let ready = 0
    for (const receiver of this.#receivers.values()) {
      const isReady = receiver.told.some(({ atMs }) => nowMs - atMs >= delayMs)
      if (isReady) ready += 1
      else if (this.#isAlive(receiver, nowMs)) return false
    }
    return ready > 0
  }

  /** Takes the intervals that count; undefined where there are none. */
  take(nowMs: number): Gathered | undefined {
    const { delayMs } = this.#options
    const each: { readonly seconds: number; readonly parts: readonly Uint8Array[] }[] = []
    const taken = new Map<string, number>()
    for (const [name, receiver] of this.#receivers) {
      const ready = receiver.told.filter(({ atMs }) => nowMs - atMs >= delayMs)
      receiver.told = receiver.told.filter(({ atMs }) => nowMs - atMs < delayMs)
      taken.set(name, (receiver.told[0]?.version ?? receiver.fetched + 1) - 1)
      if (ready.length === 0) continue
      const seconds = ready.reduce((sum, one) => sum + one.seconds, 0)
      each.push({ seconds, parts: ready.flatMap(({ parts }) => parts) })
    }
    if (each.length === 0) return undefined
    const seconds = each.reduce((sum, one) => sum + one.seconds, 0) / each.length
    return { seconds, counts: countsOf(each), taken }
  }

  /** Whether all of them can be read: nothing stops halfway when they are taken. */
  async #isReadable(name: string, parts: readonly Uint8Array[]): Promise<boolean> {
    try {
      for (const part of parts) await givingWay(readCounts(part))
      const seconds = secondsOf(parts)
      if (seconds > 0 && seconds < Number.POSITIVE_INFINITY) return true
      throw new WireError('bad_value', `Cannot read counts: an interval of ${seconds} s`, 0)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#options.onBadCounts(name, error)
      return false
    }
  }

  #isAlive({ heardMs }: Receiver, nowMs: number): boolean {
    const { intervalMs, delayMs } = this.#options
    return nowMs - heardMs < goneIntervals * intervalMs + delayMs
  }

  #newReceiver(name: string, nowMs: number): Receiver {
    const receiver = {
      fetched: this.#takenBefore.get(name) ?? 0,
      heardMs: nowMs,
      missed: 0,
      told: [],
    }
    this.#receivers.set(name, receiver)
    return receiver
  }
}

/** Each with the seconds of all that its process told. */
function* countsOf(
  each: readonly { readonly seconds: number; readonly parts: readonly Uint8Array[] }[],
): Generator<OperationCounts> {
  for (const { seconds, parts } of each) {
    for (const part of parts) {
      for (const counts of readCounts(part)) yield { ...counts, seconds }
    }
  }
}

/** Of an interval without entries too, which says that nothing was seen. */
function secondsOf([part]: readonly Uint8Array[]): number {
  return part === undefined ? 0 : partSeconds(part)
}
