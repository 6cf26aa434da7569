import assert from 'node:assert/strict'
import { hexOf } from '../../bridge/model/identifier.ts'
import type { SpanGroup } from '../../bridge/model/span.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import {
  GroupField,
  groupSlice,
  SpanField,
  spanBytes,
  spanCount,
  spanField,
} from '../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../src/ports/span-query.ts'
import type {
  SearchBound,
  SpanStore,
  SummariesEnd,
  TraceSummary,
} from '../../src/ports/span-store.ts'
import type { Bench } from './check.ts'
import { sampleBatch } from './sample.ts'

/** A signal that nobody aborts. */
export const patience: AbortSignal = new AbortController().signal

/** Writes groups as one batch; none of the spans may be refused. @returns what the store keeps of it */
export async function writeGroups(
  bench: Bench,
  groups: readonly SpanGroup[],
  tenant = '',
): Promise<SpanBatch> {
  const batch = sampleBatch(groups, bench.arrivalUnixMs)
  const { rejected } = await bench.store.write(tenant, batch, patience)
  assert.deepEqual(rejected, [], 'the store refuses no good span')
  return bench.kept(batch)
}

/** All that identifies a span, as text: its bytes with those of its resource and scope. */
export function spanKey(batch: SpanBatch, span: number): string {
  const group = spanField(batch, span, SpanField.group)
  const parts = [
    groupSlice(batch, group, GroupField.resourceSchemaUrl),
    groupSlice(batch, group, GroupField.resource),
    groupSlice(batch, group, GroupField.scopeSchemaUrl),
    groupSlice(batch, group, GroupField.scope),
    spanBytes(batch, span),
  ]
  return parts.map(hexOf).join(' ')
}

/** Keys of all spans of a batch, in its order. */
export function spanKeys(batch: SpanBatch): string[] {
  return Array.from(Array(spanCount(batch)).keys(), (span) => spanKey(batch, span))
}

/** Keys of the spans of all parts, sorted, repeats included. */
export async function keysOf(parts: AsyncIterable<SpanBatch>): Promise<string[]> {
  const keys: string[] = []
  for await (const part of parts) keys.push(...spanKeys(part))
  return keys.sort()
}

/** The spans of one trace as keys, sorted. */
export function readTrace(store: SpanStore, traceId: Uint8Array, tenant = ''): Promise<string[]> {
  return keysOf(store.trace(tenant, { traceId }, patience))
}

/** One trace of an answer, read to its end. */
export interface ReadTrace {
  readonly traceId: string
  readonly newestMatchMicros: number
  readonly keys: readonly string[]
}

/** A whole answer; fails when it does not end with its end. */
export async function readFind(
  store: SpanStore,
  query: SpanQuery,
  tenant = '',
): Promise<{ traces: ReadTrace[]; bound: SearchBound | undefined }> {
  const traces: ReadTrace[] = []
  let end: { bound: SearchBound | undefined } | undefined
  for await (const found of store.find(tenant, query, patience)) {
    if (end !== undefined) throw new Error('find() goes on after its end')
    if (found.kind === 'end') end = { bound: found.bound }
    else {
      const keys = await keysOf(found.parts())
      const { newestMatchMicros } = found
      traces.push({ traceId: hexOf(found.traceId), newestMatchMicros, keys })
    }
  }
  if (end === undefined) throw new Error('find() stops without its end')
  return { traces, bound: end.bound }
}

/** The ids and keys of an answer, in its order, without reading any trace. */
export async function rankTraces(
  store: SpanStore,
  query: SpanQuery,
  tenant = '',
): Promise<readonly (readonly [traceId: string, newestMatchMicros: number])[]> {
  const ranked: (readonly [string, number])[] = []
  let ended = false
  for await (const found of store.find(tenant, query, patience)) {
    if (ended) throw new Error('find() goes on after its end')
    if (found.kind === 'end') ended = true
    else ranked.push([hexOf(found.traceId), found.newestMatchMicros])
  }
  if (!ended) throw new Error('find() stops without its end')
  return ranked
}

/** The last eight digits of the found traces' ids as numbers, in the order of the answer. */
export async function findTraces(
  store: SpanStore,
  query: Partial<SpanQuery>,
  tenant = '',
): Promise<number[]> {
  const ranked = await rankTraces(store, { limit: 100, ...query }, tenant)
  return ranked.map(([traceId]) => Number.parseInt(traceId.slice(-8), 16))
}

/** All summaries of an answer; fails when it does not end with its end. */
export async function readSummaries(
  store: SpanStore,
  query: SpanQuery,
  tenant = '',
): Promise<TraceSummary[]> {
  const summaries: TraceSummary[] = []
  let end: SummariesEnd | undefined
  for await (const item of store.summaries(tenant, query, patience)) {
    if (end !== undefined) throw new Error('summaries() goes on after its end')
    if (item.kind === 'end') end = item
    else summaries.push(item)
  }
  if (end === undefined) throw new Error('summaries() stops without its end')
  return summaries
}
