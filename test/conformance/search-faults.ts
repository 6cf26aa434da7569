import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { Call, SpanQuery, Term } from '../../src/ports/span-query.ts'
import type { Found, SpanStore, TraceSummary } from '../../src/ports/span-store.ts'
import type { Fault } from './faults.ts'
import { collect, eachPart, onlyFrom, spoiled } from './faults.ts'
import { attr, call, double, string } from './filter.ts'
import { referenceStore } from './reference-store.ts'

/** Faults in what a search finds and in which order. */
export const searchFaults: readonly Fault[] = [
  {
    name: 'answers the oldest traces first',
    caughtBy: 'find() orders traces by their newest matching span',
    open: () => reordering((traces) => traces.reverse()),
  },
  {
    name: 'orders by the newest span of a trace, matching or not',
    caughtBy: 'find() orders by the newest span that matches',
    open: () =>
      spoiled((good) => ({
        async *find(tenant, query, signal) {
          const matching = await traceIds(good.find(tenant, query, signal))
          for await (const found of good.find(tenant, { limit: query.limit }, signal)) {
            if (found.kind === 'end' || matching.has(hex(found.traceId))) yield found
          }
        },
      })),
  },
  {
    name: 'orders ties by trace id, descending',
    caughtBy: 'find() orders traces of one microsecond',
    open: () =>
      reordering((traces) =>
        traces.sort(
          (one, two) =>
            two.newestMatchMicros - one.newestMatchMicros ||
            Buffer.compare(two.traceId, one.traceId),
        ),
      ),
  },
  {
    name: 'answers one trace more than the limit',
    caughtBy: 'find() answers exactly `limit` traces',
    open: () => asking((query) => ({ ...query, limit: query.limit + 1 })),
  },
  {
    name: 'answers one trace less than a large limit',
    caughtBy: 'find() answers exactly `limit` traces',
    open: () => asking((query) => ({ ...query, limit: Math.max(query.limit - 1, 1) })),
  },
  {
    name: 'takes the end of the window as inside',
    caughtBy: 'find() takes the window as [min, max)',
    open: () =>
      asking((query) =>
        query.maxMicros === undefined ? query : { ...query, maxMicros: query.maxMicros + 1 },
      ),
  },
  {
    name: 'takes the begin of the window as outside',
    caughtBy: 'find() takes the window as [min, max)',
    open: () =>
      asking((query) =>
        query.minMicros === undefined ? query : { ...query, minMicros: query.minMicros + 1 },
      ),
  },
  {
    name: 'rounds starts to microseconds',
    caughtBy: 'find() takes the window as [min, max)',
    open: () => retimed((start, duration) => [start + 1, duration]),
  },
  {
    name: 'rounds durations to microseconds',
    caughtBy: 'find() compares durations together with attributes',
    open: () => retimed((start, duration) => [start, duration === 0 ? 1 : duration]),
  },
  {
    name: 'asks for the window of yesterday when none is given',
    caughtBy: 'find() takes a missing bound of the window',
    open: () => asking((query) => ({ minMicros: (Date.now() - 1_800_000) * 1000, ...query })),
  },
  {
    name: 'asks the window of any span of a trace that matches',
    caughtBy: 'find() asks the window of the span that matches',
    open: () =>
      spoiled((good) => ({
        async *find(tenant, { filter, ...window }, signal) {
          const { limit } = window
          const matching = await traceIds(
            good.find(tenant, { limit, ...(filter && { filter }) }, signal),
          )
          for await (const found of good.find(tenant, window, signal)) {
            if (found.kind === 'end' || matching.has(hex(found.traceId))) yield found
          }
        },
      })),
  },
  {
    name: 'gives the spans inside the window alone',
    caughtBy: 'find() gives all spans of a trace',
    open: () =>
      spoiled((good) => ({
        async *find(tenant, query, signal) {
          for await (const found of good.find(tenant, query, signal)) {
            if (found.kind === 'end') yield found
            else yield { ...found, parts: () => eachPart(found.parts(), within(query)) }
          }
        },
      })),
  },
  {
    name: 'lets conditions hold on different spans of a trace',
    caughtBy: 'find() wants all conditions on one span',
    open: () =>
      spoiled((good) => ({
        async *find(tenant, query, signal) {
          const { filter, ...window } = query
          if (filter?.op !== 'and') {
            yield* good.find(tenant, query, signal)
            return
          }
          const matching = await Promise.all(
            filter.args.map((one) =>
              traceIds(good.find(tenant, { ...window, filter: one as Call }, signal)),
            ),
          )
          for await (const found of good.find(tenant, window, signal)) {
            if (found.kind === 'end' || matching.every((ids) => ids.has(hex(found.traceId)))) {
              yield found
            }
          }
        },
      })),
  },
  {
    name: 'ignores the duration beside attributes',
    caughtBy: 'find() compares durations together with attributes',
    open: () =>
      rewriting((one) => {
        const onAttribute = one.args.find(
          (term) => term.kind === 'call' && term.args[0]?.kind === 'attr',
        )
        return one.op === 'and' && onAttribute?.kind === 'call' ? onAttribute : one
      }),
  },
  {
    name: 'does not bound the start of a span by its arrival',
    caughtBy: 'find() finds spans of 1970 and 2100',
    open: () => referenceStore(100 * 365 * 24 * 3_600_000),
  },
  {
    name: 'takes ne for not eq',
    caughtBy: 'find() compares text, numbers and booleans',
    open: () => rewriting((one) => (one.op === 'ne' ? call('not', call('eq', ...one.args)) : one)),
  },
  {
    name: 'takes not eq for ne',
    caughtBy: 'find() compares text, numbers and booleans',
    open: () =>
      rewriting((one) => {
        const [inner] = one.args
        return one.op === 'not' && inner?.kind === 'call' && inner.op === 'eq'
          ? call('ne', ...inner.args)
          : one
      }),
  },
  {
    name: 'takes a constant without type for text',
    caughtBy: 'find() compares a constant without type',
    open: () => replacing((term) => (term.kind === 'any' ? string(term.value) : term)),
  },
  {
    name: 'takes a missing level for that of the span',
    caughtBy: 'find() reads attributes of the level',
    open: () =>
      replacing((term) =>
        term.kind === 'attr' && term.level === '' ? attr('span', term.key) : term,
      ),
  },
  {
    name: 'rounds integers to doubles',
    caughtBy: 'find() compares 64-bit integers with doubles',
    open: () => replacing((term) => (term.kind === 'int' ? double(Number(term.value)) : term)),
  },
  {
    name: 'finds a regular expression of either case',
    caughtBy: 'find() finds a regular expression',
    open: () =>
      rewriting((one) => {
        const [subject, pattern] = one.args
        return one.op === 'regex' && subject && pattern?.kind === 'string'
          ? call('regex', subject, string(`(?i)${pattern.value}`))
          : one
      }),
  },
  {
    name: 'does not bind some() to one element',
    caughtBy: 'find() binds the conditions of some()',
    open: () => rewriting((one) => (one.op === 'some' ? (one.args[1] as Call) : one)),
  },
  {
    name: 'compares gte like gt',
    caughtBy: 'find() answers random queries like an evaluation of decoded spans',
    open: () => rewriting((one) => (one.op === 'gte' ? call('gt', ...one.args) : one)),
  },
  {
    name: 'compares gt like gte',
    caughtBy: 'find() and summaries() answer random queries like the reference',
    open: () => rewriting((one) => (one.op === 'gt' ? call('gte', ...one.args) : one)),
  },
  {
    name: 'forgets the end of an answer',
    caughtBy: 'find() in an empty store',
    open: () =>
      spoiled((good) => ({
        async *find(...given) {
          for await (const found of good.find(...given)) if (found.kind !== 'end') yield found
        },
      })),
  },
  {
    name: 'answers nothing to a query that makes no sense',
    caughtBy: 'find() refuses a query',
    open: () =>
      spoiled((good) => ({
        async *find(tenant, query, signal) {
          if (query.limit > 0) yield* good.find(tenant, query, signal)
          else yield { kind: 'end', bound: undefined }
        },
      })),
  },
  {
    name: 'counts an attribute error=true as an error',
    caughtBy: 'summaries() counts every identity once',
    open: () => summarizing((one) => ({ ...one, errorSpanCount: one.errorSpanCount + 1 })),
  },
  {
    name: 'rounds the times of a summary to microseconds',
    caughtBy: 'summaries() counts every identity once',
    open: () =>
      summarizing((one) => ({ ...one, maxEndUnixNano: (one.maxEndUnixNano / 1000n) * 1000n })),
  },
  {
    name: 'summarises more traces than the limit',
    caughtBy: 'summaries() answers the traces of find()',
    open: () =>
      spoiled((good) => ({
        summaries: (tenant, query, signal) =>
          good.summaries(tenant, { ...query, limit: query.limit + 1 }, signal),
      })),
  },
]

type FoundTrace = Extract<Found, { kind: 'trace' }>

/** Answers another query than the one that was asked. */
function asking(change: (query: SpanQuery) => SpanQuery): SpanStore {
  return spoiled((good) => ({
    find: (tenant, query, signal) => good.find(tenant, change(query), signal),
  }))
}

/** Changes every call of a filter, from the inside. */
function rewriting(change: (one: Call) => Call): SpanStore {
  const walk = (one: Call): Call =>
    change({ ...one, args: one.args.map((term) => (term.kind === 'call' ? walk(term) : term)) })
  return asking(({ filter, ...query }) =>
    filter === undefined ? query : { ...query, filter: walk(filter) },
  )
}

/** Changes every leaf of a filter. */
function replacing(change: (term: Term) => Term): SpanStore {
  return rewriting((one) => ({
    ...one,
    args: one.args.map((term) => {
      if (term.kind !== 'list') return change(term)
      return { ...term, values: term.values.map((value) => change(value) as typeof value) }
    }),
  }))
}

/** Answers in another order. */
function reordering(change: (traces: FoundTrace[]) => FoundTrace[]): SpanStore {
  return spoiled((good) => ({
    async *find(tenant, query, signal) {
      const all = await collect(good.find(tenant, { ...query, limit: 1000 }, signal))
      const traces = change(all.filter((found) => found.kind === 'trace'))
      yield* traces.slice(0, query.limit)
      yield { kind: 'end', bound: undefined }
    },
  }))
}

/** Keeps other times in the columns than the spans have. */
function retimed(
  change: (startMicros: number, durationMicros: number) => readonly [number, number],
): SpanStore {
  const moved = (batch: SpanBatch): SpanBatch => {
    const times = new Float64Array(batch.times)
    for (let at = 0; at < times.length; at += 2) {
      times.set(change(times[at] ?? 0, times[at + 1] ?? 0), at)
    }
    return { ...batch, times }
  }
  return spoiled((good) => ({
    write: (tenant, batch, signal) => good.write(tenant, moved(batch), signal),
  }))
}

function summarizing(change: (one: TraceSummary) => TraceSummary): SpanStore {
  return spoiled((good) => ({
    async *summaries(...given) {
      for await (const item of good.summaries(...given)) {
        yield item.kind === 'end' ? item : change(item)
      }
    },
  }))
}

function within(query: SpanQuery): (part: SpanBatch) => SpanBatch {
  const { minMicros, maxMicros } = query
  const window = {
    ...(minMicros === undefined ? {} : { minMicros }),
    ...(maxMicros === undefined ? {} : { maxMicros }),
  }
  return (part) => onlyFrom(part, window)
}

async function traceIds(answer: AsyncIterable<Found>): Promise<Set<string>> {
  const ids = new Set<string>()
  for await (const found of answer) if (found.kind === 'trace') ids.add(hex(found.traceId))
  return ids
}

function hex(traceId: Uint8Array): string {
  return Buffer.from(traceId).toString('hex')
}
