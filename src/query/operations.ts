import type { SpanKindNumber } from '../../bridge/model/span.ts'
import { SpanKind } from '../../bridge/model/span.ts'
import type { SpanStore } from '../ports/span-store.ts'
import { badField, quoted } from './bad-field.ts'

/** Span kinds as both query APIs write them. */
const kinds = {
  client: SpanKind.client,
  server: SpanKind.server,
  producer: SpanKind.producer,
  consumer: SpanKind.consumer,
  internal: SpanKind.internal,
} as const

const numbers: ReadonlyMap<string, SpanKindNumber> = new Map(Object.entries(kinds))
const words: ReadonlyMap<SpanKindNumber, string> = new Map(
  Object.entries(kinds).map(([word, kind]) => [kind, word]),
)

/** An operation as both query APIs write it. */
export interface WireOperation {
  readonly name: string
  /** Lower case; empty for an unspecified kind and for those that this version does not know. */
  readonly spanKind: string
}

/**
 * The operations that a GetOperations request of either API asks for, sorted by name, then kind.
 *
 * @param kindField what the request calls the kind
 * @throws GatewayError 'invalid_argument' without a service, or for a kind that is none
 */
export async function findOperations(
  store: SpanStore,
  tenant: string,
  request: { readonly service: string; readonly spanKind: string },
  kindField = 'span_kind',
): Promise<WireOperation[]> {
  if (request.service === '') throw badField('service', 'is required')
  const found = await store.operations(
    tenant,
    request.service,
    readSpanKind(request.spanKind, kindField),
  )
  return found.map(({ name, spanKind }) => ({ name, spanKind: words.get(spanKind) ?? '' }))
}

/** Undefined for all kinds. Another word could only ever find nothing, so it is refused. */
function readSpanKind(word: string, field: string): SpanKindNumber | undefined {
  if (word === '') return undefined
  const kind = numbers.get(word)
  if (kind !== undefined) return kind
  const known = [...numbers.keys()].join(', ')
  throw badField(field, `is ${quoted(word)}, must be one of ${known}, or empty for all`)
}
