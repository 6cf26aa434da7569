import type Database from 'better-sqlite3'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { Operation, SummariesEnd, TraceSummary } from '../../ports/span-store.ts'
import { TraceSummarizer } from '../../search/summarize-trace.ts'
import { openForReading } from './open-database.ts'
import { readTrace } from './read-trace.ts'
import type { FoundTrace, ReadJob } from './thread-messages.ts'
import { buffersOf, ownedBatch } from './thread-messages.ts'
import type { WalkResult } from './walk-window.ts'
import { walkWindow } from './walk-window.ts'

/** A part of the answer; undefined where the job only lets others run. */
export type JobStep =
  | { readonly items: readonly unknown[]; readonly transfer: readonly ArrayBuffer[] }
  | undefined

type JobOf<Op extends ReadJob['op']> = Extract<ReadJob, { op: Op }>

/** A message carries whole parts until they have this many bytes. */
const messageBytes = 256 * 1024
const messageItemsMax = 256
/** Connections kept for the next search. */
const idleMax = 4

/** The jobs of a reader thread over its connections. A search has one of its own, for its snapshot. */
export class ReadJobs {
  readonly #directory: string
  readonly #idle: Database.Database[] = []
  readonly #open = new Set<Database.Database>()
  #steps: Database.Database | undefined

  constructor(directory: string) {
    this.#directory = directory
  }

  /** The steps of a job; leaving the loop early frees what it holds. */
  steps(job: ReadJob): Iterable<JobStep> {
    switch (job.op) {
      case 'trace':
        return this.#trace(job)
      case 'find':
        return this.#find(job)
      case 'summaries':
        return this.#summaries(job)
      case 'services':
        return this.#services(job)
      case 'operations':
        return this.#operations(job)
    }
  }

  /** Closes all connections, also those of jobs that are not done. */
  close(): void {
    for (const database of this.#open) database.close()
    this.#open.clear()
  }

  *#trace(job: JobOf<'trace'>): Iterable<JobStep> {
    let items: SpanBatch[] = []
    let size = 0
    for (const part of readTrace(this.#shared, job)) {
      items.push(ownedBatch(part))
      size += part.bytes.length
      if (size < messageBytes && items.length < messageItemsMax) continue
      yield { items, transfer: items.flatMap(buffersOf) }
      items = []
      size = 0
    }
    if (items.length > 0) yield { items, transfer: items.flatMap(buffersOf) }
  }

  *#find(job: JobOf<'find' | 'summaries'>): Iterable<JobStep> {
    const { traces, bound } = yield* this.#walk(job)
    for (let at = 0; at < traces.length; at += messageItemsMax) {
      const items = traces.slice(at, at + messageItemsMax).map(
        ({ traceId, newestMatchMicros }): FoundTrace => ({
          kind: 'trace',
          traceId: idOf(traceId),
          newestMatchMicros,
        }),
      )
      yield { items, transfer: [] }
    }
    yield { items: [{ kind: 'end', bound } satisfies SummariesEnd], transfer: [] }
  }

  *#summaries(job: JobOf<'find' | 'summaries'>): Iterable<JobStep> {
    const { traces, bound } = yield* this.#walk(job)
    for (const { traceId: hex } of traces) {
      const traceId = idOf(hex)
      const summarizer = new TraceSummarizer()
      for (const part of readTrace(this.#shared, { ...job, traceId })) {
        summarizer.add(part)
        yield
      }
      if (summarizer.empty) continue
      const summary: TraceSummary = summarizer.summary(traceId)
      yield { items: [summary], transfer: [] }
    }
    yield { items: [{ kind: 'end', bound } satisfies SummariesEnd], transfer: [] }
  }

  *#services({ tenant, keptSinceUnixMs }: JobOf<'services'>): Iterable<JobStep> {
    const statement = this.#shared.prepare<[string, number], string>(
      'SELECT DISTINCT service FROM name WHERE tenant = ? AND seen > ?',
    )
    const names = statement.pluck().all(tenant, keptSinceUnixMs - hourMs)
    // By code unit, as JavaScript has it; SQLite's order is by code point.
    yield { items: names.sort(), transfer: [] }
  }

  *#operations(job: JobOf<'operations'>): Iterable<JobStep> {
    const statement = this.#shared.prepare<[string, string, number], Operation>(`
      SELECT operation AS name, kind AS spanKind FROM name
      WHERE tenant = ? AND service = ? AND seen > ?`)
    const all = statement.all(job.tenant, job.service, job.keptSinceUnixMs - hourMs)
    const wanted = all.filter(
      ({ spanKind }) => job.spanKind === undefined || spanKind === job.spanKind,
    )
    yield { items: wanted.sort(byNameThenKind), transfer: [] }
  }

  *#walk(job: JobOf<'find' | 'summaries'>): Generator<undefined, WalkResult> {
    const database = this.#idle.pop() ?? this.#connect()
    try {
      return yield* walkWindow(database, job)
    } finally {
      if (this.#idle.length < idleMax) this.#idle.push(database)
      else this.#disconnect(database)
    }
  }

  /**
   * The connection of jobs whose every step is a transaction of its own. Made by the first job: the
   * files that readers share are there once the writer is, which starts at the same time.
   */
  get #shared(): Database.Database {
    this.#steps ??= this.#connect()
    return this.#steps
  }

  #connect(): Database.Database {
    const database = openForReading(this.#directory)
    this.#open.add(database)
    return database
  }

  #disconnect(database: Database.Database): void {
    this.#open.delete(database)
    database.close()
  }
}

/** A name is marked with the hour in which it was last seen. */
const hourMs = 3_600_000

function idOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

function byNameThenKind(left: Operation, right: Operation): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1
  return left.spanKind - right.spanKind
}
