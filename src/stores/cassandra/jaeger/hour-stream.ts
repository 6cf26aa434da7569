import type { Bound } from '../statement.ts'
import { bound } from '../statement.ts'
import type { IndexReader, IndexRow } from './index-reader.ts'
import { hourOf } from './index-statements.ts'
import { PagedStream } from './paged-stream.ts'
import type { StartGroup, StartStream } from './start-stream.ts'
import { KeptStream, UnitedStreams } from './start-stream.ts'
import { selectByDuration } from './statements/select-by-duration.ts'
import { selectByOperation } from './statements/select-by-operation.ts'
import { selectByService } from './statements/select-by-service.ts'
import { selectNewestOfOperation } from './statements/select-newest-of-operation.ts'
import { selectNewestOfService } from './statements/select-newest-of-service.ts'

/** Spans of a service, of one name or any, with a duration within both bounds. */
export interface HourSearch {
  readonly service: string
  /** '': any. */
  readonly operation: string
  readonly durationMinMicros: bigint
  readonly durationMaxMicros: bigint
  /** Nothing older is wanted. */
  readonly minMicros: bigint
}

/** Rows of an hour that are read to be sorted; see `HourStream`. */
const hourRowsMax = 5000

/** What is known of an hour. */
interface Hour {
  readonly firstMicros: number
  readonly stream: StartStream
}

/**
 * Spans by service, name and duration, from `duration_index`: it alone has a row for each span, as the
 * trace id is part of its key. It is sorted by duration within an hour, so an hour is read and sorted
 * by start. One with more than `hourRowsMax` rows is not: then the indexes that are sorted by start are
 * read, which keep one of several traces that begin in the same microsecond.
 */
export class HourStream implements StartStream {
  readonly #reader: IndexReader
  readonly #search: HourSearch
  #hour: Hour | undefined

  constructor(reader: IndexReader, search: HourSearch) {
    this.#reader = reader
    this.#search = search
  }

  async at(maxMicros: number): Promise<StartGroup | undefined> {
    let max = maxMicros
    for (;;) {
      if (this.#hour !== undefined && max >= this.#hour.firstMicros) {
        const group = await this.#hour.stream.at(max)
        if (group !== undefined) return group
        max = this.#hour.firstMicros - 1
      }
      const newest = await this.#newest(max)
      if (newest === undefined) return undefined
      this.#hour = await this.#readHour(newest)
    }
  }

  #newest(maxMicros: number): Promise<number | undefined> {
    const { service, operation, minMicros } = this.#search
    const max = this.#reader.startBound(maxMicros)
    return this.#reader.newest(
      operation === ''
        ? bound(selectNewestOfService, service, minMicros, max)
        : bound(selectNewestOfOperation, service, operation, minMicros, max),
    )
  }

  async #readHour(startMicros: number): Promise<Hour> {
    const { service, operation, durationMinMicros, durationMaxMicros, minMicros } = this.#search
    const hour = hourOf(BigInt(startMicros))
    const firstMicros = hour.getTime() * 1000 - halfHourMicros
    const statement = bound(
      selectByDuration,
      service,
      operation,
      hour,
      durationMinMicros,
      durationMaxMicros,
      hourRowsMax + 1,
    )
    const rows: IndexRow[] = []
    let pageState: string | undefined
    do {
      const page = await this.#reader.page(statement, hourRowsMax + 1, pageState)
      rows.push(...page.rows)
      pageState = page.pageState
    } while (pageState !== undefined)
    const isDense = rows.length > hourRowsMax
    // The index is not sorted by start: its rows reach back to where the hour begins.
    const wanted = rows.filter((row) => row.startMicros >= minMicros)
    const stream = isDense ? this.#byStart(hour.getTime() * 1000) : new SortedStream(wanted)
    return { firstMicros, stream: new KeptStream(stream) }
  }

  /** The hour from the indexes that are sorted by start. */
  #byStart(hourMicros: number): StartStream {
    const { service, operation, minMicros } = this.#search
    const first = BigInt(hourMicros - halfHourMicros)
    const last = BigInt(hourMicros + halfHourMicros - 1)
    const min = first > minMicros ? first : minMicros
    const stream = (statement: (maxMicros: bigint) => Bound): StartStream => {
      const within = (max: bigint): Bound => statement(max < last ? max : last)
      return new KeptStream(new PagedStream(this.#reader, within, false))
    }
    if (operation !== '') {
      return stream((max) => bound(selectByOperation, service, operation, min, max))
    }
    const buckets = Array.from(Array(10).keys())
    return new UnitedStreams(
      buckets.map((bucket) => stream((max) => bound(selectByService, service, bucket, min, max))),
    )
  }
}

/** Rows in any order. */
class SortedStream implements StartStream {
  readonly #groups: readonly StartGroup[]

  constructor(rows: readonly IndexRow[]) {
    const byStart = new Map<number, Set<string>>()
    for (const { startMicros, traceId } of rows) {
      const traceIds = byStart.get(startMicros) ?? new Set()
      byStart.set(startMicros, traceIds.add(traceId))
    }
    this.#groups = Array.from(byStart, ([startMicros, traceIds]) => ({
      startMicros,
      traceIds,
      isWhole: true,
    })).sort((left, right) => right.startMicros - left.startMicros)
  }

  async at(maxMicros: number): Promise<StartGroup | undefined> {
    let low = 0
    let high = this.#groups.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#groups[middle]?.startMicros ?? 0) <= maxMicros) high = middle
      else low = middle + 1
    }
    return this.#groups[low]
  }
}

const halfHourMicros = 1_800_000_000
