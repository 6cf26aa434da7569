import type { AnyValue, KeyValue, Span, SpanGroup } from './span.ts'

/** How many messages of these groups hold fields that this version does not know. */
export function unknownInGroups(groups: readonly SpanGroup[]): number {
  let count = 0
  for (const group of groups) {
    count += unknownAround(group)
    count += unknownIn(group.resource) + unknownInAttributes(group.resource?.attributes)
    for (const span of group.spans) count += unknownInSpan(span)
  }
  return count
}

/** The same of what stands around the spans of a group besides its resource. */
export function unknownAround(group: SpanGroup): number {
  return (
    (group.resourceUnknown === undefined ? 0 : 1) +
    (group.scopeUnknown === undefined ? 0 : 1) +
    unknownIn(group.scope) +
    unknownInAttributes(group.scope?.attributes)
  )
}

/** The same of values, without what stands beside them in their attributes. */
export function unknownInValues(attributes: readonly KeyValue[] | undefined): number {
  let count = 0
  for (const { value } of attributes ?? []) count += unknownInValue(value)
  return count
}

function unknownInSpan(span: Span): number {
  let count = unknownIn(span) + unknownIn(span.status) + unknownInAttributes(span.attributes)
  for (const event of span.events) count += unknownIn(event) + unknownInAttributes(event.attributes)
  for (const link of span.links) count += unknownIn(link) + unknownInAttributes(link.attributes)
  return count
}

function unknownInAttributes(attributes: readonly KeyValue[] | undefined): number {
  let count = unknownInValues(attributes)
  for (const attribute of attributes ?? []) count += unknownIn(attribute)
  return count
}

function unknownInValue(value: AnyValue | undefined): number {
  if (value === undefined) return 0
  let count = unknownIn(value)
  if (value.kind !== 'array' && value.kind !== 'kvlist') return count
  if (value.listUnknown !== undefined) count += 1
  if (value.kind === 'kvlist') return count + unknownInAttributes(value.value)
  for (const item of value.value) count += unknownInValue(item)
  return count
}

function unknownIn(message: { readonly unknown?: Uint8Array } | undefined): number {
  return message?.unknown === undefined ? 0 : 1
}
