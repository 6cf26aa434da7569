import assert from 'node:assert/strict'
import type { AnyValue, KeyValue, Scope, Span, SpanGroup } from '../../bridge/model/span.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { batchOfGroups } from '../../bridge/otlp/encode-groups.ts'

/** A value as tests write it: bigint is an int, number a double, undefined the empty value. */
export type Plain = string | bigint | number | boolean | Uint8Array | undefined | readonly Plain[]
/** Attributes as tests write them. */
export type PlainAttributes = Readonly<Record<string, Plain>>

/** A trace id whose last bytes are a number; of 64 bits unless `high` is given. */
export function traceIdOf(low: number, high = 0): Uint8Array {
  const id = new Uint8Array(16)
  const view = new DataView(id.buffer)
  view.setBigUint64(0, BigInt(high))
  view.setBigUint64(8, BigInt(low))
  return id
}

/** A span id with this number. */
export function spanIdOf(number: number): Uint8Array {
  const id = new Uint8Array(8)
  new DataView(id.buffer).setBigUint64(0, BigInt(number))
  return id
}

export function anyValueOf(plain: Plain): AnyValue {
  switch (typeof plain) {
    case 'string':
      return { kind: 'string', value: plain }
    case 'bigint':
      return { kind: 'int', value: plain }
    case 'number':
      return { kind: 'double', value: plain }
    case 'boolean':
      return { kind: 'bool', value: plain }
    case 'undefined':
      return { kind: 'empty' }
    default:
      return plain instanceof Uint8Array
        ? { kind: 'bytes', value: plain }
        : { kind: 'array', value: plain.map(anyValueOf) }
  }
}

export function attributesOf(attributes: PlainAttributes = {}): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValueOf(value) }))
}

/** What a test says of a span; the rest is filled with plain values. */
export interface SampleSpan
  extends Partial<Omit<Span, 'attributes' | 'traceId' | 'spanId' | 'parentSpanId'>> {
  readonly trace: number | Uint8Array
  readonly id: number
  readonly parent?: number
  /** Instead of `startUnixNano`. */
  readonly startMicros?: number
  /** Instead of `endUnixNano`. */
  readonly durationNano?: bigint
  readonly attributes?: PlainAttributes
}

/** A span of one second that starts at the epoch's year 2020, unless told otherwise. */
export function sampleSpan(sample: SampleSpan): Span {
  const { trace, id, parent, startMicros, durationNano, attributes, ...fields } = sample
  const startUnixNano =
    fields.startUnixNano ??
    (startMicros === undefined ? defaultStartNano : BigInt(startMicros) * 1000n)
  return {
    traceState: '',
    flags: 0,
    name: 'operation',
    kind: 1,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: undefined,
    endUnixNano: startUnixNano + (durationNano ?? 1_000_000_000n),
    ...fields,
    startUnixNano,
    traceId: typeof trace === 'number' ? traceIdOf(trace) : trace,
    spanId: spanIdOf(id),
    parentSpanId: parent === undefined ? undefined : spanIdOf(parent),
    attributes: attributesOf(attributes),
  }
}

/** What a test says of a group. */
export interface SampleGroup extends Partial<Omit<SpanGroup, 'spans' | 'scope' | 'resource'>> {
  readonly service?: string
  readonly resource?: PlainAttributes
  readonly scope?: Partial<Omit<Scope, 'attributes'>> & { readonly attributes?: PlainAttributes }
}

/** Spans of one service (`shop` unless told otherwise). */
export function sampleGroup(spans: readonly Span[], sample: SampleGroup = {}): SpanGroup {
  const { service = 'shop', resource = {}, scope, ...fields } = sample
  return {
    resourceSchemaUrl: '',
    scopeSchemaUrl: '',
    ...fields,
    resource: {
      attributes: attributesOf({ 'service.name': service, ...resource }),
      droppedAttributesCount: 0,
    },
    scope: scope && {
      name: '',
      version: '',
      droppedAttributesCount: 0,
      ...scope,
      attributes: attributesOf(scope.attributes),
    },
    spans,
  }
}

/** The batch that a receiver would hand to the store; none of the spans is refused. */
export function sampleBatch(groups: readonly SpanGroup[], arrivalUnixMs: number): SpanBatch {
  const { batch, rejected } = batchOfGroups(groups, { arrivalUnixMs })
  assert.deepEqual(rejected, [], 'sample spans are good')
  return batch
}

const defaultStartNano = 1_577_836_800_000_000_000n
