import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../../bridge/model/span-batch.ts'
import type { Metrics } from '../../../telemetry/metrics.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { inParallel } from '../in-parallel.ts'
import type { Bound } from '../statement.ts'
import { bound } from '../statement.ts'
import { Turnstile } from '../turnstile.ts'
import { isKey, statementsOf } from './index-statements.ts'
import { NameCache } from './name-cache.ts'
import { packBatches } from './pack-batches.ts'
import { slicesOf } from './row-slices.ts'
import type { SpanRow } from './rows.ts'
import { insertOldOperationName } from './statements/insert-old-operation-name.ts'
import { insertOperationName } from './statements/insert-operation-name.ts'
import { insertServiceName } from './statements/insert-service-name.ts'
import type { TableFacts } from './table-facts.ts'
import { rowsOf } from './write-rows.ts'

/** What the writer needs. */
export interface SpanWriterOptions {
  readonly session: ClusterSession
  readonly facts: TableFacts
  readonly metrics?: Pick<Metrics, 'add'> | undefined
}

const action = 'Cannot store spans'
/**
 * Slices that are stored at the same time, and statements of each under way. The others wait: when more
 * are asked for than the cluster can do, all would be late together, and clients send them again.
 */
const slicesMax = 4
const statementsMax = 64

/** A name that has to be stored, and what it is remembered as. */
interface NewName {
  readonly key: string
  readonly statement: Bound
}

/** Writes spans into Jaeger's tables as Jaeger does. */
export class SpanWriter {
  readonly #options: SpanWriterOptions
  readonly #known: NameCache
  readonly #turnstile = new Turnstile(slicesMax)

  constructor(options: SpanWriterOptions) {
    this.#options = options
    this.#known = new NameCache(options.facts.nameTtlSeconds)
  }

  /**
   * Stores a batch with all that finds its spans; resolves at the session's consistency. Once the signal
   * has aborted the batch is not looked at again, nor kept: its memory may be somebody else's.
   *
   * @throws GatewayError 'cancelled' when the signal aborted before the last slice had its turn
   */
  async write(batch: SpanBatch, signal: AbortSignal): Promise<void> {
    const slices = slicesOf(rowsOf(batch))
    const storeSlice = async (): Promise<number> => {
      const slice = slices.next().value ?? []
      await this.#store(slice)
      return slice.length
    }
    for (let stored = 0; stored < spanCount(batch); ) {
      stored += await this.#turnstile.run(storeSlice, signal)
    }
  }

  async #store(rows: readonly SpanRow[]): Promise<void> {
    const { batches, tagsSkipped } = statementsOf(rows)
    const names = this.#newNames(rows)
    const { session, metrics } = this.#options
    const packed = packBatches(batches, (statement) => session.ownersOf(statement))
    if (tagsSkipped > 0) metrics?.add('spangate_store_tags_skipped_total', tagsSkipped, {})
    await inParallel(packed, statementsMax, (statements) => session.batch(action, statements))
    await inParallel(names, statementsMax, async ({ key, statement }) => {
      await session.run(action, statement)
      this.#known.add(key)
    })
  }

  #newNames(rows: readonly SpanRow[]): readonly NewName[] {
    const names = new Map<string, NewName>()
    const add = (key: string, statement: () => Bound): void => {
      if (this.#known.has(key) || names.has(key)) return
      names.set(key, { key, statement: statement() })
    }
    const hasKinds = this.#options.facts.tables.has('operation_names_v2')
    for (const { process, operationName, tags } of rows) {
      const service = process.service_name ?? ''
      if (service === '' || !isKey(service)) continue
      add(`s${service}`, () => bound(insertServiceName, service))
      if (!isKey(operationName)) continue
      const kind = tags.find(({ key }) => key === 'span.kind')?.value_string ?? ''
      if (!isKey(kind)) continue
      const key = `o${service.length} ${service}${kind.length} ${kind}${operationName}`
      add(key, () =>
        hasKinds
          ? bound(insertOperationName, service, kind, operationName)
          : bound(insertOldOperationName, service, operationName),
      )
    }
    return [...names.values()]
  }
}
