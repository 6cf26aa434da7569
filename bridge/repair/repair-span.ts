import type { RepairName } from '../model/decoded.ts'
import type { Resource, Scope, Span } from '../model/span.ts'
import { repairResourceText, repairScopeText, repairSpanText } from './invalid-utf8.ts'
import { repairNegativeDuration } from './negative-duration.ts'
import { repairServiceName } from './service-name.ts'
import { repairSpanName } from './span-name.ts'

/** Something repaired, and by what. Without repairs it is the object that was given. */
export interface Repaired<Value> {
  readonly value: Value
  readonly repairs: readonly RepairName[]
}

/**
 * Makes a span what every reader accepts. The same span always gives the same result, and a
 * repaired one stays as it is. Decoders read texts with `LenientReader` before.
 */
export function repairSpan(span: Span): Repaired<Span> {
  const repairs: RepairName[] = []
  let value = span
  for (const { name, repair } of spanRepairs) {
    const next = repair(value)
    if (next !== value) repairs.push(name)
    value = next
  }
  return { value, repairs }
}

/** The same for a resource; an absent one is given as one without attributes. */
export function repairResource(resource: Resource): Repaired<Resource> {
  const repairs: RepairName[] = []
  const text = repairResourceText(resource)
  if (text !== resource) repairs.push('invalid_utf8')
  const named = repairServiceName(text)
  if (named.repair !== undefined) repairs.push(named.repair)
  return { value: named.resource, repairs }
}

/** The same for a scope. */
export function repairScope(scope: Scope): Repaired<Scope> {
  const value = repairScopeText(scope)
  return { value, repairs: value === scope ? [] : ['invalid_utf8'] }
}

const spanRepairs: readonly {
  readonly name: RepairName
  readonly repair: (span: Span) => Span
}[] = [
  { name: 'invalid_utf8', repair: repairSpanText },
  { name: 'span_name_empty', repair: repairSpanName },
  { name: 'negative_duration', repair: repairNegativeDuration },
]
