import type { Resource } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  GroupField,
  groupCount,
  groupSlice,
  SpanField,
  spanBytes,
  spanCount,
  spanField,
} from '../../../bridge/model/span-batch.ts'
import { resourceOf } from '../../../bridge/otlp/batch-objects.ts'
import type { SpanChange } from '../../../bridge/otlp/change-spans.ts'
import { changeSpans } from '../../../bridge/otlp/change-spans.ts'
import type { Found, SpanStore } from '../../ports/span-store.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { adjustSpan, mayHaveAddress, mayNeedAdjusting, withAddresses } from './adjust-span.ts'
import { planClockSkew } from './clock-skew.ts'
import { planSharedIds } from './shared-ids.ts'
import { TraceIndex } from './trace-index.ts'
import { TracePlan } from './trace-plan.ts'

/** How traces are adjusted. */
export interface AdjustOptions {
  /** Most ms by which a span is moved; 0 moves none; `query.max-clock-skew`. */
  readonly skewMaxMs: number
  /** Of a trace with more spans, what needs the whole of it is not looked at; `query.max-adjusted-spans`. */
  readonly spansMax: number
  readonly metrics: Pick<Metrics, 'add'>
}

/** Parts of one trace that are held while the rest of it is looked at; of a larger one it is read again. */
const heldBytesMax = 16 * 1024 * 1024

/**
 * The same store with its traces as they are shown: what was recorded badly is put right as far as it
 * can be, and each span that is not what was stored has a warning that says so. Parts without such
 * a span are the bytes that they were. Summaries and searches are of what is stored.
 *
 * Source: jaeger v2.20.0, querysvc/internal/adjuster; docs/differences.md.
 */
export function adjustTraces(store: SpanStore, options: AdjustOptions): SpanStore {
  return {
    cannot: store.cannot,
    write: (...given) => store.write(...given),
    trace: (tenant, trace, signal) => {
      const read = () => store.trace(tenant, trace, signal)
      return adjusted(read(), read, options)
    },
    lostParts: (...given) => store.lostParts(...given),
    find: (tenant, query, signal) => {
      const again = (traceId: Uint8Array) => store.trace(tenant, { traceId }, signal)
      return adjustedFound(store.find(tenant, query, signal), again, options)
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
  again: (traceId: Uint8Array) => Parts,
  options: AdjustOptions,
): AsyncGenerator<Found, void, void> {
  for await (const entry of found) {
    if (entry.kind === 'end') yield entry
    else {
      const parts = () => adjusted(entry.parts(), () => again(entry.traceId), options)
      yield { ...entry, parts }
    }
  }
}

/** @param again reads the parts once more, where they are too many to be held */
async function* adjusted(
  parts: Parts,
  again: () => Parts,
  options: AdjustOptions,
): AsyncGenerator<SpanBatch, void, void> {
  const index = new TraceIndex()
  const held: SpanBatch[] = []
  let heldBytes = 0
  let isWhole = true
  for await (const part of parts) {
    index.add(part)
    heldBytes += part.bytes.length
    if (heldBytes <= heldBytesMax) held.push(part)
    else held.length = 0
    isWhole = index.count <= options.spansMax
    if (!isWhole) break
  }
  const plan = isWhole ? planOf(index, options) : unlooked(index, options)
  if (isWhole && heldBytes <= heldBytesMax) for (const part of held) yield shown(part, plan)
  else for await (const part of again()) yield shown(part, plan)
}

function planOf(index: TraceIndex, { skewMaxMs }: AdjustOptions): TracePlan {
  const plan = new TracePlan(index, skewMaxMs * 1_000_000)
  planClockSkew(plan, planSharedIds(plan))
  return plan
}

function unlooked(index: TraceIndex, { spansMax, metrics }: AdjustOptions): TracePlan {
  metrics.add('spangate_traces_unadjusted_total', 1, {})
  const warning = `the trace has over ${spansMax} spans (query.max-adjusted-spans); clock skew and shared span IDs were not looked at`
  return TracePlan.warning(index, warning)
}

/** A part as it is shown; the same one where nothing of it changes. */
function shown(part: SpanBatch, plan: TracePlan): SpanBatch {
  const changes = new Map<number, SpanChange>()
  const addressed = addressedGroups(part)
  for (let at = 0; at < spanCount(part); at++) {
    const row = plan.isEmpty ? -1 : plan.index.rowOf(part, at)
    const planned = row < 0 ? undefined : plan.changeOf(row)
    const group = addressed.get(spanField(part, at, SpanField.group))
    const isPlain = planned === undefined && group === undefined
    if (isPlain && !mayNeedAdjusting(spanBytes(part, at))) continue
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
