import { isZeroId } from '../../../bridge/model/identifier.ts'
import type { KeyValue, Resource, Span } from '../../../bridge/model/span.ts'
import type { ChangedSpan } from '../../../bridge/otlp/change-spans.ts'
import { addWarning } from '../../../bridge/repair/warnings.ts'
import { addressKeys, sdkKeys } from './span-traits.ts'
import type { PlannedChange } from './trace-plan.ts'
import { shifted } from './trace-plan.ts'

/** Keys of addresses as the wire has them, after their tag and length. */
const addressMarks = addressKeys.map((key) => {
  return Buffer.concat([Buffer.of(0x0a, key.length), Buffer.from(key)])
})

/** Whether a Resource's body may have an address that is a number. */
export function mayHaveAddress(body: Uint8Array): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  return addressMarks.some((mark) => bytes.includes(mark))
}

/** What is known of a span's adjusting besides what is in it. */
export interface Adjustment {
  readonly planned: PlannedChange | undefined
  /** Warnings about its resource. */
  readonly told: readonly string[]
}

/**
 * A span as it is shown, each change told by a warning: moved or renamed as planned, addresses that are
 * numbers as text, attributes of the SDK in its resource, and no links without a trace.
 *
 * Source: jaeger v2.20.0, adjuster/ipattribute.go, libraryattribute (resourceattributes), spanreferences.
 */
export function adjustSpan(
  stored: Span,
  resource: Resource | undefined,
  { planned, told }: Adjustment,
): ChangedSpan {
  const warnings = [...told, ...(planned?.warnings ?? [])]
  let span = planned === undefined ? stored : applied(stored, planned)
  const links = span.links.filter(({ traceId }) => !isZeroId(traceId))
  for (let removed = links.length; removed < span.links.length; removed++) {
    warnings.push('Invalid span link removed')
  }
  span = { ...span, links }
  const addressed = withAddresses(span.attributes, warnings)
  const moved = withSdk({ ...span, attributes: addressed }, resource, warnings)
  const attributes = warnings.reduce(addWarning, moved.span.attributes)
  return { span: { ...moved.span, attributes }, resource: moved.resource }
}

function applied(span: Span, planned: PlannedChange): Span {
  const { id, parent, shiftNs } = planned
  return {
    ...shifted(span, shiftNs),
    ...(id && { spanId: id }),
    ...(parent && { parentSpanId: parent }),
  }
}

/** Numbers that are IPv4 addresses as text. @param warnings told what they were */
export function withAddresses(
  attributes: readonly KeyValue[],
  warnings: string[],
): readonly KeyValue[] {
  if (!attributes.some(({ key }) => isAddressKey(key))) return attributes
  return attributes.map((attribute) => {
    const { key, value } = attribute
    if (!isAddressKey(key)) return attribute
    if (value?.kind !== 'int' && value?.kind !== 'double') return attribute
    if (!Number.isFinite(Number(value.value))) return attribute
    const text = addressText(BigInt.asUintN(32, BigInt(Math.trunc(Number(value.value)))))
    warnings.push(`${key} was the number ${value.value}, shown as an address`)
    return { ...attribute, value: { kind: 'string', value: text } }
  })
}

function isAddressKey(key: string): boolean {
  return addressKeys.some((known) => known === key)
}

function isSdkKey(key: string): boolean {
  return sdkKeys.some((known) => known === key)
}

function addressText(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 0xffn)).join('.')
}

function withSdk(span: Span, resource: Resource | undefined, warnings: string[]): ChangedSpan {
  const found = span.attributes.filter(({ key }) => isSdkKey(key))
  if (found.length === 0) return { span }
  const own = resource ?? { attributes: [], droppedAttributesCount: 0 }
  const added: KeyValue[] = []
  const conflicts: KeyValue[] = []
  for (const attribute of found) {
    const known = own.attributes.find(({ key }) => key === attribute.key)
    if (known === undefined) added.push(attribute)
    else if (!isSame(known, attribute)) conflicts.push(attribute)
  }
  for (const { key } of conflicts) {
    warnings.push(`conflicting values for attribute ${key} of span and resource; left where it is`)
  }
  const moved = found.filter((attribute) => !conflicts.includes(attribute))
  if (moved.length === 0) return { span }
  warnings.push(`shown in the resource: ${moved.map(({ key }) => key).join(', ')}`)
  const attributes = span.attributes.filter((attribute) => !moved.includes(attribute))
  if (added.length === 0) return { span: { ...span, attributes } }
  return {
    span: { ...span, attributes },
    resource: { ...own, attributes: [...own.attributes, ...added] },
  }
}

function isSame(one: KeyValue, other: KeyValue): boolean {
  if (one.value?.kind !== 'string' || other.value?.kind !== 'string') return false
  return one.value.value === other.value.value
}
