import type {
  LeaseHolder,
  SamplingDocument,
  SamplingKind,
  SamplingStore,
} from '../../../ports/sampling-store.ts'
import { samplingVersionsKept } from '../../../ports/sampling-store.ts'
import { inParallel } from '../../in-parallel.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { bound } from '../statement.ts'
import { insertSamplingHead } from './statements/insert-sampling-head.ts'
import { insertSamplingPart } from './statements/insert-sampling-part.ts'
import { selectSamplingHeads } from './statements/select-sampling-heads.ts'
import { selectSamplingPart } from './statements/select-sampling-part.ts'

const kinds: Readonly<Record<SamplingKind, number>> = { counts: 0, shares: 1, state: 2 }
const leaseName = 'shares'
/** Parts that are on their way at once. */
const parallel = 8

/** Keeps what gateways share to adapt shares in Cassandra; any number of processes use one keyspace. */
export class NativeSamplingStore implements SamplingStore {
  readonly isKept = true
  readonly isShared = true
  readonly #session: ClusterSession

  /** @param session in the keyspace, whose schema is current; closed with the store */
  constructor(session: ClusterSession) {
    this.#session = session
  }

  async put({ kind: kindName, name, version, parts, ttlMs }: SamplingDocument): Promise<void> {
    const kind = kinds[kindName]
    const slot = version % samplingVersionsKept
    // A row lives until the second in which it ends begins: nearly one less than it was given.
    const ttlSeconds = Math.ceil(ttlMs / 1000) + 1
    await inParallel([...parts.entries()], parallel, ([part, bytes]) => {
      const place = { kind, name, slot, part, version, parts: parts.length }
      const insert = bound(insertSamplingPart, place, bytes, ttlSeconds)
      return this.#session.run('Cannot store what sampling counts', insert)
    })
    const insert = bound(insertSamplingHead, kind, name, version, ttlSeconds)
    await this.#session.run('Cannot store what sampling counts', insert)
  }

  async versions(kind: SamplingKind): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#session.all(
      'Cannot look for what sampling counts',
      bound(selectSamplingHeads, kinds[kind]),
    )
    return new Map(rows.map((row): [string, number] => [row['name'], row['version']]))
  }

  async get(
    kind: SamplingKind,
    name: string,
    version: number,
  ): Promise<readonly Uint8Array[] | undefined> {
    const first = await this.#part(kind, name, version, 0)
    if (first === undefined) return undefined
    const all: Uint8Array[] = [first.bytes]
    let isWhole = true
    const others = Array.from({ length: first.parts - 1 }, (_, at) => at + 1)
    await inParallel(others, parallel, async (part) => {
      const found = await this.#part(kind, name, version, part)
      if (found === undefined) isWhole = false
      else all[part] = found.bytes
    })
    return isWhole ? all : undefined
  }

  async lease(holder: LeaseHolder, leaseMs: number): Promise<LeaseHolder> {
    // A TTL is in whole seconds, of which the first may be nearly over.
    const ttlSeconds = Math.ceil(leaseMs / 1000) + 1
    const { id, process } = holder
    const renewed = await this.#session.transact(
      'Cannot renew the lease of sampling',
      'UPDATE sampling_lease USING TTL ? SET holder = ?, process = ? WHERE name = ? IF holder = ?',
      [ttlSeconds, id, process, leaseName, id],
    )
    if (renewed['[applied]']) return holder
    const taken = await this.#session.transact(
      'Cannot take the lease of sampling',
      'INSERT INTO sampling_lease (name, holder, process) VALUES (?, ?, ?) IF NOT EXISTS USING TTL ?',
      [leaseName, id, process, ttlSeconds],
    )
    if (taken['[applied]']) return holder
    return { id: taken['holder'] ?? '', process: taken['process'] ?? '' }
  }

  async release({ id }: LeaseHolder): Promise<void> {
    await this.#session.transact(
      'Cannot give back the lease of sampling',
      'DELETE FROM sampling_lease WHERE name = ? IF holder = ?',
      [leaseName, id],
    )
  }

  async close(): Promise<void> {
    await this.#session.close()
  }

  async #part(
    kind: SamplingKind,
    name: string,
    version: number,
    part: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly parts: number } | undefined> {
    const slot = version % samplingVersionsKept
    const [row] = await this.#session.run(
      'Cannot read what sampling counts',
      bound(selectSamplingPart, kinds[kind], name, slot, part),
    )
    return row?.['version'] === version ? { bytes: row['bytes'], parts: row['parts'] } : undefined
  }
}
