import type { SpanOutput } from '../otlp/span-output.ts'
import type { SpanParts } from './span-parts.ts'
import { TagField, tagStride } from './span-parts.ts'
import { Special, TagName } from './tag-names.ts'
import type { TagRoles } from './tag-roles.ts'
import { none, Role } from './tag-roles.ts'
import { writeNamed, writeTag } from './write-attribute.ts'
import { writeValue } from './write-span.ts'

/**
 * Writes the bodies of a Resource and, behind it, of an InstrumentationScope: what a Zipkin span
 * says of its process and its library.
 *
 *   Resource 1 attributes: `service.name`, or what `otlp.service.name.source` names, has the name of
 *              the local endpoint; a tag `service.name` counts before it. Then tags of resources.
 *   Scope    1 name, 2 version: of the tags for it
 *
 * @param bytes where the texts lie that are not the parts' own
 * @returns where the scope begins
 */
export function writeGroup(
  out: SpanOutput,
  bytes: Uint8Array,
  parts: SpanParts,
  roles: TagRoles,
): number {
  const { serviceName } = parts.local
  const source = roles.special[Special.serviceNameSource] as number
  const hasSource = source !== none && roles.roles[source] === Role.taken
  if (serviceName.length > 0 && (hasSource || !hasNameTag(bytes, parts, roles))) {
    const from = serviceName.at < 0 ? parts.own : bytes
    const at = serviceName.at < 0 ? ~serviceName.at : serviceName.at
    const key = hasSource ? textOfTag(bytes, parts, source) : serviceNameKey
    writeNamed(out, attributes, key, from, at, serviceName.length)
  }
  if (roles.hasResourceTags) {
    for (let tag = 0; tag < parts.tags.count; tag++) {
      if (roles.roles[tag] === Role.resource) writeTag(out, attributes, bytes, parts, tag)
    }
  }
  const scopeStart = out.size
  const { scopeName, scopeVersion } = roles
  if (scopeName !== none) writeValue(out, 0x0a, bytes, parts, scopeName)
  if (scopeVersion !== none) writeValue(out, 0x12, bytes, parts, scopeVersion)
  return scopeStart
}

function hasNameTag(bytes: Uint8Array, parts: SpanParts, roles: TagRoles): boolean {
  if (!roles.hasResourceTags) return false
  const { count, numbers } = parts.tags
  for (let tag = 0; tag < count; tag++) {
    if (numbers[tag * tagStride + TagField.keyLength] !== serviceNameKey.length) continue
    if (roles.roles[tag] !== Role.resource) continue
    const at = numbers[tag * tagStride + TagField.key] as number
    const from = at < 0 ? parts.own : bytes
    const start = at < 0 ? ~at : at
    if (serviceNameKey.every((byte, index) => from[start + index] === byte)) return true
  }
  return false
}

function textOfTag(
  bytes: Uint8Array,
  { tags: { numbers }, own }: SpanParts,
  tag: number,
): Uint8Array {
  const at = numbers[tag * tagStride + TagField.value] as number
  const start = at < 0 ? ~at : at
  const length = numbers[tag * tagStride + TagField.valueLength] as number
  return (at < 0 ? own : bytes).subarray(start, start + length)
}

const serviceNameKey = new Uint8Array(Buffer.from(TagName.serviceName))
const attributes = 0x0a
