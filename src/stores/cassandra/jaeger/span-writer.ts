import type { Rejected } from '../../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../../bridge/model/span-batch.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import type { Metrics } from '../../../telemetry/metrics.ts'
import { inParallel } from '../../in-parallel.ts'
import { isTableGone } from '../cluster-failure.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { checkRequestSize } from '../request-size.ts'
import type { Bound } from '../statement.ts'
import { bound } from '../statement.ts'
import { Turnstile } from '../turnstile.ts'
import { isKey, requestRowsOf } from './index-statements.ts'
import { NameCache } from './name-cache.ts'
import { packBatches } from './pack-batches.ts'
import { sliceLimits, slicesOf, weightOf } from './row-slices.ts'
import type { SpanRow } from './rows.ts'
import { spanKeysOf } from './span-keys.ts'
import { insertOldOperationName } from './statements/insert-old-operation-name.ts'
import { insertOperationName } from './statements/insert-operation-name.ts'
import { insertServiceName } from './statements/insert-service-name.ts'
import { insertTrace } from './statements/insert-trace.ts'
import type { TableFacts } from './table-facts.ts'
import type { TagLimits } from './tag-limits.ts'
import { TagAllowance, tagLimitSettings } from './tag-limits.ts'
import { processesOf, rowBytesOf, rowsOf } from './write-rows.ts'

/** What the writer needs. */
export interface SpanWriterOptions {
  readonly session: ClusterSession
  readonly facts: TableFacts
  readonly tagLimits: TagLimits
  readonly requestBytesMax: number
  readonly metrics?: Pick<Metrics, 'add'> | undefined
}

const action = 'Cannot store spans'
/**
 * Slices that are stored at the same time, and statements of each under way. The others wait: when more
 * are asked for than the cluster can do, all would be late together, and clients send them again.
 */
const slicesMax = 4
const statementsMax = 64

/** Texts count by their UTF-16 units, of which each is up to three bytes; Cassandra refuses 16 MiB. */
const largeRowBytes = sliceLimits.bytes

/** A slice ends with the row that makes it heavy. */
function largeRowOf(slice: readonly SpanRow[]): SpanRow | undefined {
  const last = slice.at(-1)
  return last !== undefined && weightOf(last).bytes > largeRowBytes ? last : undefined
}

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
   * @returns the spans whose rows are larger than Cassandra takes
   * @throws GatewayError 'cancelled' when the signal aborted before the last slice had its turn,
   *   'too_large' for a request whose rows would be too many bytes, of which nothing is written
   */
  async write(batch: SpanBatch, signal: AbortSignal): Promise<readonly Rejected[]> {
    const slices = this.#slicesOf(batch)
    const allowance = new TagAllowance(this.#options.tagLimits)
    const rejected: Rejected[] = []
    const storeSlice = async (): Promise<number> => {
      const slice = slices.next().value ?? []
      try {
        await this.#store(slice, allowance, rejected)
      } catch (error) {
        // Tables that are made anew have no names.
        if (isTableGone(error)) this.#known.forget()
        throw error
      }
      return slice.length
    }
    for (let done = 0; done < spanCount(batch); ) {
      done += await this.#turnstile.run(storeSlice, signal)
    }
    return rejected
  }

  /** Looks at nothing before the first slice is asked for. */
  *#slicesOf(batch: SpanBatch): Generator<readonly SpanRow[], void, undefined> {
    const processes = processesOf(batch)
    checkRequestSize(rowBytesOf(batch, processes), this.#options.requestBytesMax)
    yield* slicesOf(rowsOf(batch, processes))
  }

  async #store(
    slice: readonly SpanRow[],
    allowance: TagAllowance,
    rejected: Rejected[],
  ): Promise<void> {
    const { session, metrics } = this.#options
    const large = largeRowOf(slice)
    const refused = large && (await this.#storeLarge(large))
    if (refused !== undefined) rejected.push(refused)
    const rows = refused === undefined ? slice : slice.slice(0, -1)
    const { batches, tagsSkipped } = requestRowsOf(rows, allowance, large)
    const names = this.#newNames(rows)
    if (tagsSkipped > 0) metrics?.add('spangate_store_tags_skipped_total', tagsSkipped, {})
    for (const [limit, tags] of allowance.omitted()) {
      const setting = tagLimitSettings[limit]
      metrics?.add('spangate_store_tags_over_limit_total', tags, { setting })
    }
    const packs = packBatches(batches, (...row) => session.ownersOf(...row))
    await inParallel(packs, statementsMax, ({ statement, rows: values }) =>
      session.store(action, statement, values),
    )
    await inParallel(names, statementsMax, async ({ key, statement }) => {
      await session.run(action, statement)
      this.#known.add(key)
    })
  }

  /** Stores a row that Cassandra may refuse, before any index names it. @returns why it is refused */
  async #storeLarge(row: SpanRow): Promise<Rejected | undefined> {
    try {
      await this.#options.session.run(action, bound(insertTrace, row, spanKeysOf(row)))
      return undefined
    } catch (error) {
      if (!(error instanceof GatewayError && error.code === 'too_large')) throw error
      return { reason: 'too_large', message: error.message }
    }
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
