import { buffersOf } from '../../../bridge/model/batch-buffers.ts'
import { fromHex } from '../../../bridge/model/identifier.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { BlockView } from '../../blocks/block-view.ts'
import { planQuery } from '../../blocks/plan-query.ts'
import { traceParts } from '../../blocks/read-trace.ts'
import { summarizeTraces } from '../../blocks/summarize-traces.ts'
import type { WalkResult } from '../../blocks/walk-blocks.ts'
import { walkBlocks } from '../../blocks/walk-blocks.ts'
import type { Operation, SearchBound, SummariesEnd, TraceSummary } from '../../ports/span-store.ts'
import { SearchMeter } from '../../search/search-meter.ts'
import { byNameThenKind } from '../operation-order.ts'
import { ownedBatch } from '../owned-batch.ts'
import type { FileReader, OnDamaged } from './file-reader.ts'
import { reportDamage } from './file-reader.ts'
import { guardView } from './guard-view.ts'
import { lastTraceKeys } from './last-trace-keys.ts'
import { mergeFiles } from './merge-files.ts'
import { ReaderFiles } from './reader-files.ts'
import type { FoundTrace, ReadJob, TracePart } from './thread-messages.ts'

/** A part of the answer; undefined where the job only lets others run. */
export type JobStep =
  | {
      readonly items: readonly unknown[]
      readonly transfer: readonly ArrayBuffer[]
      /** True where the job has nothing more to say: no other message need tell so. */
      readonly isLast?: boolean
    }
  | undefined

type JobOf<Op extends ReadJob['op']> = Extract<ReadJob, { op: Op }>

/**
 * A message carries whole parts until they have this many bytes: some traces of usual size, so that
 * they are sent on while the next ones are read.
 */
const messageBytes = 64 * 1024
const messageItemsMax = 256
/** Summaries that are sent together: a page of results is in one message, a long list comes bit by bit. */
const summariesPerMessage = 32
/** Files that are asked for names between two turns. */
const filesPerTurn = 8

/**
 * The jobs of a reader thread over its files. Every read is a short transaction: a slow consumer holds
 * up no log. A search sees of each file what is in there when it comes to it: all that was committed
 * before the search, and of what is committed meanwhile some may be there.
 */
export class ReadJobs {
  readonly #files: ReaderFiles

  constructor(directory: string) {
    this.#files = new ReaderFiles(directory)
  }

  /**
   * The steps of a job; leaving the loop early frees what it holds.
   *
   * @param onDamaged told of what could not be read; the answer goes on without it
   */
  steps(job: ReadJob, onDamaged: OnDamaged): Iterable<JobStep> {
    switch (job.op) {
      case 'traces':
        return this.#traces(job, onDamaged)
      case 'find':
        return this.#find(job, onDamaged)
      case 'summaries':
        return this.#summaries(job, onDamaged)
      case 'services':
        return this.#services(job, onDamaged)
      case 'operations':
        return this.#operations(job, onDamaged)
      case 'count':
        return this.#count(job)
      case 'contents':
        return this.#contents(job)
      case 'traceKeys':
        return this.#traceKeys(job)
      case 'refresh':
        this.#files.list(0)
        return []
    }
  }

  /** Closes all connections, also those of jobs that are not done. */
  close(): void {
    this.#files.close()
  }

  *#traces(job: JobOf<'traces'>, onDamaged: OnDamaged): Iterable<JobStep> {
    const { tenant, traceIds, keptSinceUnixMs } = job
    let items: TracePart[] = []
    let size = 0
    const step = (isLast: boolean): JobStep => {
      const transfer = items.flatMap(({ part }) => buffersOf(part))
      return { items, transfer, isLast }
    }
    const files = this.#files.list(keptSinceUnixMs)
    for (const [index, traceId] of traceIds.entries()) {
      if (index > 0) yield
      const blocks = blocksOf(files, { tenant, traceId }, onDamaged)
      for (const part of traceParts(blocks, { traceId, keptSinceUnixMs })) {
        if (spanCount(part) === 0) continue
        items.push({ index, part: ownedBatch(part) })
        size += part.bytes.length
        if (size < messageBytes && items.length < messageItemsMax) continue
        yield step(false)
        items = []
        size = 0
      }
    }
    yield step(true)
  }

  *#find(job: JobOf<'find' | 'summaries'>, onDamaged: OnDamaged): Iterable<JobStep> {
    const { traces, bound } = yield* this.#walk(job, onDamaged)
    const found = traces.map(
      ({ traceId, newestMatchMicros }): FoundTrace => ({
        kind: 'trace',
        traceId: fromHex(traceId),
        newestMatchMicros,
      }),
    )
    yield* inMessages(found, bound)
  }

  *#summaries(job: JobOf<'find' | 'summaries'>, onDamaged: OnDamaged): Iterable<JobStep> {
    const { traces, bound } = yield* this.#walk(job, onDamaged)
    const { tenant, keptSinceUnixMs, bounds } = job
    const files = this.#files.list(keptSinceUnixMs)
    const summaries = summarizeTraces(
      traces.map(({ traceId }) => fromHex(traceId)),
      {
        blocksOf: (traceId) => blocksOf(files, { tenant, traceId }, onDamaged),
        keptSinceUnixMs,
        meter: new SearchMeter(bounds),
      },
    )
    let items: TraceSummary[] = []
    for (;;) {
      const { done, value } = summaries.next()
      if (done) {
        yield* inMessages(items, bound ?? value)
        return
      }
      if (value !== undefined) items.push(value)
      if (items.length < summariesPerMessage) {
        yield
        continue
      }
      yield { items, transfer: [] }
      items = []
    }
  }

  *#services(job: JobOf<'services'>, onDamaged: OnDamaged): Iterable<JobStep> {
    const found = new Set<string>()
    yield* this.#eachFile(job, onDamaged, (file) => {
      const services = file.read((connection) => connection.services(job.tenant))
      for (const service of services) if (service !== '') found.add(service)
    })
    // By code unit, as JavaScript has it; SQLite's order is by code point.
    yield { items: [...found].sort(), transfer: [], isLast: true }
  }

  *#operations(job: JobOf<'operations'>, onDamaged: OnDamaged): Iterable<JobStep> {
    const found = new Map<string, Operation>()
    yield* this.#eachFile(job, onDamaged, (file) => {
      const { tenant, service } = job
      for (const one of file.read((connection) => connection.operations(tenant, service))) {
        found.set(`${one.spanKind} ${one.name}`, one)
      }
    })
    const wanted = [...found.values()].filter(
      ({ spanKind }) => job.spanKind === undefined || spanKind === job.spanKind,
    )
    yield { items: wanted.sort(byNameThenKind), transfer: [], isLast: true }
  }

  *#count({ file }: JobOf<'count'>): Iterable<JobStep> {
    const spans = this.#files.file(file)?.read((connection) => connection.spanCount()) ?? 0
    yield { items: [spans], transfer: [], isLast: true }
  }

  *#contents({ file }: JobOf<'contents'>): Iterable<JobStep> {
    const contents = this.#files.file(file)?.read((connection) => connection.contents())
    yield { items: contents === undefined ? [] : [contents], transfer: [], isLast: true }
  }

  *#traceKeys({ file, keysMax }: JobOf<'traceKeys'>): Iterable<JobStep> {
    const reader = this.#files.file(file)
    if (reader === undefined) return
    const keys = yield* lastTraceKeys(reader, keysMax)
    yield { items: [keys], transfer: [keys.buffer as ArrayBuffer] }
  }

  *#walk(job: JobOf<'find' | 'summaries'>, onDamaged: OnDamaged): Generator<undefined, WalkResult> {
    const { tenant, query, bounds, keptSinceUnixMs } = job
    const plan = planQuery(query.filter)
    const window = {
      tenant,
      minMicros: query.minMicros ?? Number.MIN_SAFE_INTEGER,
      maxMicros: query.maxMicros ?? Number.MAX_SAFE_INTEGER,
      keptSinceUnixMs,
    }
    const files = this.#files.list(keptSinceUnixMs)
    const refs = mergeFiles(files, window, plan.root, onDamaged)
    return yield* walkBlocks(refs, {
      query,
      plan,
      bounds,
      keptSinceUnixMs,
      onDamaged: (error) => reportDamage(error, onDamaged),
    })
  }

  *#eachFile(
    job: ReadJob,
    onDamaged: OnDamaged,
    work: (file: FileReader) => void,
  ): Iterable<undefined> {
    for (const [index, file] of this.#files.list(job.keptSinceUnixMs).entries()) {
      if (index > 0 && index % filesPerTurn === 0) yield
      try {
        work(file)
      } catch (error) {
        reportDamage(error, onDamaged)
      }
    }
  }
}

/** The blocks that have spans of a trace, oldest hour first. */
function* blocksOf(
  files: readonly FileReader[],
  key: Pick<ReadJob, 'tenant'> & { readonly traceId: Uint8Array },
  onDamaged: OnDamaged,
): Iterable<BlockView> {
  for (const file of files) {
    try {
      for (const view of file.blocksOf(key, onDamaged)) {
        const guarded = guardView(view, onDamaged)
        if (guarded !== undefined) yield guarded
      }
    } catch (error) {
      reportDamage(error, onDamaged)
    }
  }
}

/** The last items of a search, and its end. */
function* inMessages(
  items: readonly (FoundTrace | TraceSummary)[],
  bound: SearchBound | undefined,
): Iterable<JobStep> {
  const end: SummariesEnd = { kind: 'end', bound }
  const all = [...items, end]
  for (let at = 0; at < all.length; at += messageItemsMax) {
    const isLast = at + messageItemsMax >= all.length
    yield { items: all.slice(at, at + messageItemsMax), transfer: [], isLast }
  }
}
