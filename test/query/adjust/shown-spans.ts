import type { AnyValue, Span, SpanGroup } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import type { AdjustOptions } from '../../../src/query/adjust/adjust-traces.ts'
import { adjustTraces } from '../../../src/query/adjust/adjust-traces.ts'
import { traceIdOf } from '../../conformance/sample.ts'

/** A second, unless a test has another bound. */
export const adjustDefaults: AdjustOptions = {
  skewMaxMs: 1000,
  spansMax: 1000,
  heldInAllMax: 64 * 1024 * 1024,
  metrics: { add: () => {} },
}

/** The store with its traces as they are shown. */
export function shownStore(store: SpanStore, options: Partial<AdjustOptions> = {}): SpanStore {
  return adjustTraces(store, { ...adjustDefaults, ...options })
}

/** The parts of its only trace as they are shown. */
export async function shownParts(
  store: SpanStore,
  options: Partial<AdjustOptions> = {},
): Promise<SpanBatch[]> {
  const parts: SpanBatch[] = []
  const { signal } = new AbortController()
  const trace = { traceId: traceIdOf(1) }
  for await (const part of shownStore(store, options).trace('', trace, signal)) parts.push(part)
  return parts
}

/** The same as groups. */
export async function shownGroups(
  store: SpanStore,
  options: Partial<AdjustOptions> = {},
): Promise<SpanGroup[]> {
  return (await shownParts(store, options)).flatMap(groupsOf)
}

/** What a span's warnings say. */
export function warningsOf(span: Span | undefined): string[] {
  const value = span?.attributes.find(({ key }) => key === '@jaeger@warnings')?.value
  return value?.kind === 'array' ? value.value.map(textOf) : []
}

/** The value of an attribute, without its type. */
export function plainValueOf(
  owner: { readonly attributes: Span['attributes'] } | undefined,
  wanted: string,
): unknown {
  const value = owner?.attributes.find(({ key }) => key === wanted)?.value
  return value?.kind === 'empty' ? undefined : value?.value
}

function textOf(value: AnyValue): string {
  return value.kind === 'string' ? value.value : ''
}
