import type {
  LeaseHolder,
  SamplingDocument,
  SamplingKind,
  SamplingStore,
} from '../../ports/sampling-store.ts'
import { LocalLease } from '../local-lease.ts'

interface Kept {
  readonly version: number
  readonly parts: readonly Uint8Array[]
  readonly untilMs: number
}

/** Keeps the newest version of each document as long as the process runs, which is the only one and leads. */
export class MemorySamplingStore implements SamplingStore {
  readonly isKept: boolean
  readonly isShared: boolean
  readonly #now: () => number
  readonly #lease: LocalLease
  readonly #kept: Readonly<Record<SamplingKind, Map<string, Kept>>> = {
    counts: new Map(),
    shares: new Map(),
    state: new Map(),
  }

  /**
   * @param isShared true where several parts of the process share it, and it outlives each of them
   * @param now a monotonic clock, ms
   */
  constructor(isShared = false, now = () => performance.now()) {
    this.isKept = isShared
    this.isShared = isShared
    this.#now = now
    this.#lease = new LocalLease(now)
  }

  async put({ kind, name, version, parts, ttlMs }: SamplingDocument): Promise<void> {
    const copies = parts.map((part) => new Uint8Array(part))
    this.#kept[kind].set(name, { version, parts: copies, untilMs: this.#now() + ttlMs })
  }

  async versions(kind: SamplingKind): Promise<ReadonlyMap<string, number>> {
    const nowMs = this.#now()
    const versions = new Map<string, number>()
    for (const [name, { version, untilMs }] of this.#kept[kind]) {
      if (untilMs > nowMs) versions.set(name, version)
      else this.#kept[kind].delete(name)
    }
    return versions
  }

  async get(
    kind: SamplingKind,
    name: string,
    version: number,
  ): Promise<readonly Uint8Array[] | undefined> {
    const kept = this.#kept[kind].get(name)
    return kept?.version === version && kept.untilMs > this.#now() ? kept.parts : undefined
  }

  async lease(holder: LeaseHolder, leaseMs: number): Promise<LeaseHolder> {
    return this.#lease.take(holder, leaseMs)
  }

  async release(holder: LeaseHolder): Promise<void> {
    this.#lease.release(holder)
  }

  async close(): Promise<void> {
    for (const kept of Object.values(this.#kept)) kept.clear()
  }
}
