import type { AnyValue__Output } from '../../../proto/gen/jaeger/storage/v2/AnyValue.ts'
import type { GetTraceParams__Output } from '../../../proto/gen/jaeger/storage/v2/GetTraceParams.ts'
import type { KeyValue__Output } from '../../../proto/gen/jaeger/storage/v2/KeyValue.ts'
import type { TraceQueryParameters__Output } from '../../../proto/gen/jaeger/storage/v2/TraceQueryParameters.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { TraceRef } from '../../ports/span-store.ts'
import { textForm } from '../../search/text-form.ts'
import type { Value } from '../../search/value.ts'
import { badField, quoted } from '../bad-field.ts'
import { readFilteredSearch, readSearch } from '../read-search.ts'
import { readTraceWindow } from '../read-time.ts'
import { refuseZeroTraceId } from '../trace-responses.ts'

const rules = { attributesField: 'query.attributes', timesRequired: false } as const

/**
 * The search that a request asks for; a time that is left out is the retention's.
 *
 * @throws GatewayError 'invalid_argument' naming the field
 */
export function readStorageQuery(
  query: TraceQueryParameters__Output | null,
  searchDepthMax: number,
): SpanQuery {
  if (query === null) throw badField('query', 'is required')
  const parameters = { ...query, attributes: attributesOf(query.attributes) }
  const { filter } = query
  const limits = { ...rules, searchDepthMax }
  if (filter === null) return readSearch(parameters, limits)
  return readFilteredSearch(parameters, filter, limits)
}

/**
 * The traces that a request names.
 *
 * @throws GatewayError 'invalid_argument' naming the field
 */
export function readTraceRefs(
  params: readonly GetTraceParams__Output[],
  tracesMax: number,
): readonly TraceRef[] {
  if (params.length > tracesMax) {
    throw badField('query', `has ${params.length} traces, must have at most ${tracesMax}`)
  }
  return params.map((one) => {
    const { traceId } = one
    refuseZeroTraceId(traceId)
    if (traceId.length !== 16) {
      throw badField('query.trace_id', `has ${traceId.length} bytes, must be 16`)
    }
    return { traceId: Uint8Array.from(traceId), ...readTraceWindow(one) }
  })
}

/** By their text form, in which the other APIs have them. */
function attributesOf(attributes: readonly KeyValue__Output[]): Record<string, string> {
  const texts = new Map<string, string>()
  for (const { key, value } of attributes) {
    if (texts.has(key)) throw badField('query.attributes', `has the key ${quoted(key)} twice`)
    texts.set(key, textOf(key, value))
  }
  return Object.fromEntries(texts)
}

function textOf(key: string, value: AnyValue__Output | null): string {
  const scalar = scalarOf(value)
  const text = scalar && textForm(scalar)
  if (text !== undefined) return text
  throw badField('query.attributes', `has a value of ${quoted(key)} that is no single value`)
}

/** Undefined for a list and a map. */
function scalarOf(value: AnyValue__Output | null): Value | undefined {
  switch (value?.value) {
    case 'stringValue':
      return { kind: 'string', value: value.stringValue ?? '' }
    case 'boolValue':
      return { kind: 'bool', value: value.boolValue ?? false }
    case 'intValue':
      return { kind: 'int', value: BigInt(value.intValue ?? 0) }
    case 'doubleValue':
      return { kind: 'double', value: value.doubleValue as number }
    case 'bytesValue':
      return { kind: 'bytes', value: value.bytesValue ?? new Uint8Array() }
    case undefined:
      return { kind: 'empty' }
    default:
      return undefined
  }
}
