import { createHash, randomInt } from 'node:crypto'
import type { SamplingStore } from '../../ports/sampling-store.ts'
import { samplingPartBytesMax, samplingVersionsKept } from '../../ports/sampling-store.ts'
import { givingWay } from '../give-way.ts'
import type { CountsSender } from './counts-sender.ts'
import type { ExposureModel } from './exposure-model.ts'
import type { OperationTable, ServiceRows } from './operation-table.ts'
import { shardCount } from './operation-table.ts'
import { PartsWriter } from './parts-writer.ts'
import { ReceivedCounts } from './received-counts.ts'
import { writeShare } from './shares-document.ts'
import type { Throughput } from './throughput.ts'

/** Shares that nobody renews are forgotten after a day; they are stored again four times in it. */
const sharesTtlMs = 24 * 3_600_000
const renewMs = sharesTtlMs / 4
/** A leader's state is of use to the next one as long as counts are. */
const stateName = 'taken'

/** What a leader works with. */
export interface ShareLeaderOptions {
  readonly store: SamplingStore
  readonly table: OperationTable
  readonly model: ExposureModel
  readonly intervalMs: number
  readonly delayMs: number
  /** Asked before whatever is stored. */
  readonly mayLead: () => boolean
  /** What this process counts, where no other one does: it is taken as it is, and no document is made of it. */
  readonly own: { readonly sender: CountsSender; readonly throughput: Throughput } | undefined
  /** Versions that this process has taken when it led before: they are in the model, stored or not. */
  readonly taken: ReadonlyMap<string, number>
  /** Told of a version of a shard that says what the model does. */
  readonly onStored: (shard: string, version: number) => void
  /** Told of counts that cannot be read, which are left out. */
  readonly onBadCounts: (process: string, error: unknown) => void
  /** Told of a state that cannot be read: what was taken before it began is taken once more. */
  readonly onBadState: (error: unknown) => void
}

interface Written {
  readonly version: number
  readonly digest: string
  readonly atMs: number
}

/** Calculates shares for all processes from what they have counted, as long as it may lead. */
export class ShareLeader {
  readonly #options: ShareLeaderOptions
  readonly #received: ReceivedCounts
  readonly #written = new Map<string, Written>()
  #stateVersion: number
  #advancedMs: number
  #isFirst = true
  /** What was taken by this process, for when it leads again. */
  #taken: ReadonlyMap<string, number>
  /** Calculated, and not stored yet. */
  #isUnstored = false

  /**
   * Begins where whoever led before has ended: the model has its shares, as those of a follower.
   */
  static async begin(options: ShareLeaderOptions, nowMs: number): Promise<ShareLeader> {
    const version = (await options.store.versions('state')).get(stateName) ?? 0
    const parts = version === 0 ? [] : await options.store.get('state', stateName, version)
    const taken = new Map(takenOf(parts ?? [], options.onBadState))
    for (const [name, own] of options.taken) taken.set(name, Math.max(own, taken.get(name) ?? 0))
    return new ShareLeader(options, { version, taken }, nowMs)
  }

  private constructor(
    options: ShareLeaderOptions,
    state: { readonly version: number; readonly taken: ReadonlyMap<string, number> },
    nowMs: number,
  ) {
    this.#options = options
    this.#stateVersion = state.version
    this.#taken = state.taken
    this.#received = new ReceivedCounts(options, state.taken)
    // All who count are to have told by then, those that begin with this process too.
    this.#advancedMs = nowMs + options.intervalMs * 0.75
  }

  /** Processes that are counted in. */
  receiverCount(nowMs: number): number {
    if (this.#options.own !== undefined) return 1
    return this.#received.receiverCount(nowMs)
  }

  /** Version of each process up to which it is in the model. */
  get taken(): ReadonlyMap<string, number> {
    return this.#taken
  }

  /**
   * Fetches what is new, and calculates once every process has told of an interval, or it is late. What is there
   * at the first step was left by whoever led before. Nothing is calculated before `store` has stored what was.
   *
   * @returns whether shares were calculated
   */
  async step(nowMs: number): Promise<boolean> {
    if (this.#isUnstored) return false
    await this.#received.fetch(nowMs)
    const { model, own, store } = this.#options
    const isFirst = this.#isFirst
    this.#isFirst = false
    const isOwnDue = own?.sender.isDue(nowMs) === true
    if (!isFirst && !isOwnDue && !this.#isTold(nowMs)) return false
    const gathered = this.#received.take(nowMs)
    if (gathered === undefined && !isOwnDue) return false
    this.#advancedMs = isFirst ? this.#advancedMs : nowMs
    this.#isUnstored = store.isKept
    if (gathered !== undefined) {
      this.#taken = gathered.taken
      await givingWay(model.advancing(gathered.counts, gathered.seconds))
    }
    if (own !== undefined && isOwnDue) {
      await givingWay(model.advancingCounted(own.throughput, own.sender.end(nowMs)))
    }
    return true
  }

  /** Whether everybody has told of an interval, or it is late. */
  #isTold(nowMs: number): boolean {
    const { intervalMs } = this.#options
    const sinceMs = nowMs - this.#advancedMs
    if (sinceMs >= intervalMs * 1.5) return true
    return sinceMs >= intervalMs / 2 && this.#received.isComplete(nowMs)
  }

  /** Stores what was calculated, if it is not; to be called again where it throws. */
  async store(nowMs: number): Promise<void> {
    if (!this.#isUnstored) return
    await this.#publish(nowMs)
    await this.#note()
    this.#isUnstored = false
  }

  /** Stores the shares of all shards that have changed, or that somebody else has written. */
  async #publish(nowMs: number): Promise<void> {
    const { store, table } = this.#options
    const byShard = new Map<number, ServiceRows[]>()
    for (const service of table.services()) {
      const others = byShard.get(service.shard)
      if (others === undefined) byShard.set(service.shard, [service])
      else others.push(service)
    }
    const stored = await store.versions('shares')
    for (let shard = 0; shard < shardCount; shard++) {
      const name = String(shard)
      const services = byShard.get(shard) ?? []
      const parts = await this.#partsOf(services)
      const digest = digestOf(parts)
      const written = this.#written.get(name)
      const version = stored.get(name)
      if (services.length === 0 && version === undefined) continue
      const isStored = written?.digest === digest && written.version === version
      if (isStored && nowMs - written.atMs < renewMs) continue
      if (!this.#options.mayLead()) return
      // In the place next to it, and not the next number: another process may have written that one.
      const next = ((version ?? 0) + 1 + samplingVersionsKept * randomInt(256)) % 2 ** 31
      await store.put({ kind: 'shares', name, version: next, parts, ttlMs: sharesTtlMs })
      this.#options.onStored(name, next)
      this.#written.set(name, { version: next, digest, atMs: nowMs })
    }
  }

  async #partsOf(services: readonly ServiceRows[]): Promise<readonly Uint8Array[]> {
    const writer = new PartsWriter(0)
    await givingWay(services, (service) => {
      for (const share of this.#options.model.sharesOf(service)) {
        writer.add(share.service, (fields) => writeShare(fields, share))
      }
    })
    return writer.finish()
  }

  /** For the next leader: what has been counted is not counted again. */
  async #note(): Promise<void> {
    if (!this.#options.mayLead()) return
    this.#stateVersion = (this.#stateVersion + 1) % 2 ** 31
    await this.#options.store.put({
      kind: 'state',
      name: stateName,
      version: this.#stateVersion,
      parts: pieces(Buffer.from(JSON.stringify(Object.fromEntries(this.#taken)))),
      ttlMs: sharesTtlMs,
    })
  }
}

function digestOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest('base64')
}

function pieces(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / samplingPartBytesMax)
  return Array.from({ length: count }, (_, at) =>
    bytes.subarray(at * samplingPartBytesMax, (at + 1) * samplingPartBytesMax),
  )
}

/** What a state says; nothing where it cannot be read. */
function takenOf(
  parts: readonly Uint8Array[],
  onBadState: (error: unknown) => void,
): ReadonlyMap<string, number> {
  if (parts.length === 0) return new Map()
  try {
    const state: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
    if (typeof state !== 'object' || state === null || Array.isArray(state)) {
      throw new TypeError('Cannot read state: it must be an object')
    }
    const entries: [string, unknown][] = Object.entries(state)
    return new Map(entries.filter((entry): entry is [string, number] => isVersion(entry[1])))
  } catch (error) {
    onBadState(error)
    return new Map()
  }
}

function isVersion(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
