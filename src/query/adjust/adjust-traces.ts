import type { Resource } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  GroupField,
  groupCount,
  groupSlice,
  SpanField,
  spanCount,
  spanField,
} from '../../../bridge/model/span-batch.ts'
import { resourceOf } from '../../../bridge/otlp/batch-objects.ts'
import type { SpanChange } from '../../../bridge/otlp/change-spans.ts'
import { changeSpans } from '../../../bridge/otlp/change-spans.ts'
import { selectSpans } from '../../../bridge/otlp/select-spans.ts'
import type { DroppedSpansView } from '../../ports/dropped-spans.ts'
import type { Found, SpanStore } from '../../ports/span-store.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { adjustSpan, mayHaveAddress, withAddresses } from './adjust-span.ts'
import { planClockSkew } from './clock-skew.ts'
import type { HeldShare } from './held-memory.ts'
import { HeldMemory } from './held-memory.ts'
import { planSharedIds } from './shared-ids.ts'
import { mayNeedAdjusting, traitsOf } from './span-traits.ts'
import { TraceIndex } from './trace-index.ts'
import { TracePlan } from './trace-plan.ts'

/** How traces are adjusted. */
export interface AdjustOptions {
  /** Most ms by which a span is moved; 0 moves none; `query.max-clock-skew`. */
  readonly skewMaxMs: number
  /** Of a trace with more spans, what needs the whole of it is not looked at; `query.max-adjusted-spans`. */
  readonly spansMax: number
  /** Most bytes that all answers together hold; `query.max-adjusting-size`. */
  readonly heldInAllMax: number
  /** Of a trace with more spans only so many are shown; 0 or left out: all are; `query.max-trace-spans`. */
  readonly shownSpansMax?: number
  /** Spans that came and were not stored; left out: none are known. */
  readonly dropped?: DroppedSpansView
  readonly metrics: Pick<Metrics, 'add'>
}

/** Parts of one trace that are held while the rest of it is looked at; a larger one is read again. */
const heldBytesMax = 16 * 1024 * 1024
/** What a span takes in the index of its trace and in what is made of that. */
const indexedSpanBytes = 100

/**
 * The same store with its traces as they are shown: what was recorded badly is put right as far as it
 * can be, and each span that is not what was stored has a warning that says so. Parts without such
 * a span are the bytes that they were. Summaries and searches are of what is stored.
 *
 * Source: jaeger v2.20.0, querysvc/internal/adjuster; docs/differences.md.
 */
export function adjustTraces(store: SpanStore, options: AdjustOptions): SpanStore {
  const memory = new HeldMemory(options.heldInAllMax)
  const adjusted = (of: TraceOf, parts: Parts, again: () => Parts) => {
    return adjustedParts({ of, parts, again, share: memory.open() }, options)
  }
  return {
    cannot: store.cannot,
    dependencies: store.dependencies,
    archive: store.archive,
    write: (...given) => store.write(...given),
    trace: (tenant, trace, signal) => {
      const read = () => store.trace(tenant, trace, signal)
      return adjusted({ tenant, traceId: trace.traceId }, read(), read)
    },
    lostParts: (...given) => store.lostParts(...given),
    find: (tenant, query, signal) => {
      const again = (traceId: Uint8Array) => store.trace(tenant, { traceId }, signal)
      return adjustedFound(store.find(tenant, query, signal), (found) => {
        const { traceId } = found
        return adjusted({ tenant, traceId }, found.parts(), () => again(traceId))
      })
    },
    summaries: (...given) => store.summaries(...given),
    services: (...given) => store.services(...given),
    operations: (...given) => store.operations(...given),
    close: () => store.close(),
  }
}

type Parts = AsyncIterable<SpanBatch>

async function* adjustedFound(
  found: AsyncIterable<Found>,
  partsOf: (found: Found & { readonly kind: 'trace' }) => Parts,
): AsyncGenerator<Found, void, void> {
  for await (const entry of found) {
    yield entry.kind === 'end' ? entry : { ...entry, parts: () => partsOf(entry) }
  }
}

/** Which trace it is. */
interface TraceOf {
  readonly tenant: string
  readonly traceId: Uint8Array
}

/** A trace that is being adjusted. */
interface Adjusting {
  readonly of: TraceOf
  readonly parts: Parts
  /** Reads the parts once more, where they are too many to be held. */
  readonly again: () => Parts
  readonly share: HeldShare
}

async function* adjustedParts(
  adjusting: Adjusting,
  options: AdjustOptions,
): AsyncGenerator<SpanBatch, void, void> {
  const { of, again, share } = adjusting
  try {
    const { index, held, problem, cut } = await lookedAt(adjusting, options)
    const plan =
      problem === undefined ? planOf(index, of, options) : unlooked(index, problem, options)
    if (cut !== undefined) plan.warnFirst(cut)
    const first = firstSpans(shownMaxOf(options))
    if (held === undefined) {
      for await (const part of again()) {
        const kept = first(part)
        if (kept === undefined) return
        yield shown(kept, plan, undefined)
      }
      return
    }
    for (let next = held.shift(); next !== undefined; next = held.shift()) {
      const kept = first(next.part)
      if (kept === undefined) return
      yield shown(kept, plan, next.firstRow)
      share.give(next.part.bytes.length)
    }
  } finally {
    share.give()
  }
}

function shownMaxOf({ shownSpansMax = 0 }: AdjustOptions): number {
  return shownSpansMax === 0 ? Number.POSITIVE_INFINITY : shownSpansMax
}

/** Of part after part what belongs to the first so many spans; undefined once nothing does. */
function firstSpans(spansMax: number): (part: SpanBatch) => SpanBatch | undefined {
  let left = spansMax
  return (part) => {
    if (left === 0) return undefined
    const count = Math.min(left, spanCount(part))
    left -= count
    return count === spanCount(part) ? part : selectSpans(part, [...Array(count).keys()])
  }
}

/** A part, and where its spans begin in the index. */
interface HeldPart {
  readonly part: SpanBatch
  readonly firstRow: number
}

/** What the first pass over a trace has found. */
interface Looked {
  readonly index: TraceIndex
  /** All parts, where they could be held. */
  readonly held: HeldPart[] | undefined
  /** Why the trace could not be looked at to its end. */
  readonly problem: string | undefined
  /** What is told of a trace of which not all is shown. */
  readonly cut: string | undefined
}

async function lookedAt({ parts, share }: Adjusting, options: AdjustOptions): Promise<Looked> {
  const shownMax = shownMaxOf(options)
  const index = new TraceIndex()
  let held: HeldPart[] | undefined = []
  let heldBytes = 0
  let count = 0
  let problem: string | undefined
  for await (const part of parts) {
    count += spanCount(part)
    // From here on nothing but the number of spans can matter.
    if (problem !== undefined && (count > shownMax || shownMax === Number.POSITIVE_INFINITY)) break
    if (problem !== undefined) continue
    const firstRow = index.count
    index.add(part)
    problem = problemOf(index, part, share, options)
    const sizeBytes = part.bytes.length
    const isHeld = problem === undefined && heldBytes + sizeBytes <= heldBytesMax
    if (held !== undefined && isHeld && share.take(sizeBytes)) {
      held.push({ part, firstRow })
      heldBytes += sizeBytes
    } else {
      held = undefined
      share.give(heldBytes)
      heldBytes = 0
    }
    if (problem !== undefined && count > shownMax) break
  }
  return { index, held, problem, cut: cutText(count, shownMax, problem === undefined) }
}

/** Why a trace is too much to be looked at as a whole. */
function problemOf(
  index: TraceIndex,
  part: SpanBatch,
  share: HeldShare,
  { spansMax }: AdjustOptions,
): string | undefined {
  if (index.count > spansMax) {
    return `the trace has over ${spansMax} spans (query.max-adjusted-spans)`
  }
  if (share.take(spanCount(part) * indexedSpanBytes, 2)) return undefined
  return 'too much is held of traces that are adjusted (query.max-adjusting-size)'
}

function cutText(count: number, shownMax: number, isWhole: boolean): string | undefined {
  if (count <= shownMax) return undefined
  const spans = isWhole ? String(count) : `over ${shownMax}`
  return `the trace has ${spans} spans, of which the first ${shownMax} are shown (query.max-trace-spans)`
}

function planOf(index: TraceIndex, of: TraceOf, options: AdjustOptions): TracePlan {
  const { skewMaxMs, dropped } = options
  const plan = new TracePlan(index, skewMaxMs * 1_000_000, (spanId) =>
    dropped?.find(of.tenant, of.traceId, spanId),
  )
  planClockSkew(plan, planSharedIds(plan))
  return plan
}

function unlooked(index: TraceIndex, problem: string, { metrics }: AdjustOptions): TracePlan {
  metrics.add('spangate_traces_unadjusted_total', 1, {})
  const warning = `${problem}; clock skew and shared span IDs were not looked at`
  return TracePlan.warning(index, warning)
}

/**
 * A part as it is shown; the same one where nothing of it changes.
 *
 * @param firstRow of its spans in the index; undefined where the part was read again
 */
function shown(part: SpanBatch, plan: TracePlan, firstRow: number | undefined): SpanBatch {
  const changes = new Map<number, SpanChange>()
  const addressed = addressedGroups(part)
  for (let at = 0; at < spanCount(part); at++) {
    const row = firstRow === undefined ? rowOf(part, at, plan) : firstRow + at
    const planned = row < 0 || plan.isEmpty ? undefined : plan.changeOf(row)
    const group = addressed.get(spanField(part, at, SpanField.group))
    if (planned === undefined && group === undefined) {
      const isPlain =
        firstRow === undefined ? !isToBeLookedAt(part, at) : !plan.index.mayNeedAdjusting(row)
      if (isPlain) continue
    }
    // The first span of a group tells what became of its resource.
    const told = group?.warnings.splice(0) ?? []
    changes.set(at, (span, resource) => {
      const own = group?.resource ?? resource
      const changed = adjustSpan(span, own, { planned, told })
      return { span: changed.span, resource: changed.resource ?? group?.resource }
    })
  }
  return changeSpans(part, changes)
}

/** The row of a span that was read again; -1 where nothing is known of it. */
function rowOf(part: SpanBatch, at: number, plan: TracePlan): number {
  return plan.isEmpty ? -1 : plan.index.rowOf(part, at)
}

function isToBeLookedAt(part: SpanBatch, at: number): boolean {
  const start = spanField(part, at, SpanField.offset)
  const end = start + spanField(part, at, SpanField.length)
  return mayNeedAdjusting(traitsOf(part.bytes, start, end))
}

/** Groups whose resource has an address that is a number: what is shown, and what is told of it. */
function addressedGroups(
  part: SpanBatch,
): ReadonlyMap<number, { readonly resource: Resource; readonly warnings: string[] }> {
  const groups = new Map<number, { readonly resource: Resource; readonly warnings: string[] }>()
  for (let group = 0; group < groupCount(part); group++) {
    if (!mayHaveAddress(groupSlice(part, group, GroupField.resource))) continue
    const resource = resourceOf(part, group)
    const warnings: string[] = []
    const attributes = withAddresses(resource?.attributes ?? [], warnings)
    if (resource === undefined || warnings.length === 0) continue
    groups.set(group, { resource: { ...resource, attributes }, warnings })
  }
  return groups
}
