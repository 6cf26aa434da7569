import { noServiceName } from '../model/no-service-name.ts'
import type { AnyValue, KeyValue, Resource } from '../model/span.ts'
import { escapedText } from '../repair/escaped-text.ts'
import { expectWireType, WireType } from '../wire/reader.ts'
import { Rows } from '../wire/rows.ts'
import type { UnknownFields } from '../wire/unknown-fields.ts'
import type { DecodeContext } from './decode-context.ts'
import { keepUnknown } from './decode-context.ts'
import { Level, unknownToOtlp } from './exchange-unknown.ts'
import { attributeOf, readTag, tagStride } from './read-tag.ts'
import { TagName } from './tag-names.ts'

/**
 * jaeger.api_v2.Process -> resource; reads from the reader's position to its end.
 *
 *   1 service_name  string      attribute `service.name`, first; absent for '' and for the name
 *                               that stands for none
 *   2 tags          KeyValue[]  attributes; `hostname` becomes `host.name`, `jaeger.version` becomes
 *                               `opencensus.exporterversion`, unless those are there
 *
 * A tag `service.name` wins over the field, as in the source, and the last of several such tags: what says
 * something else is lost.
 *
 * Source: jaeger-idl, api_v2/model.proto, message Process; opentelemetry-collector-contrib,
 * pkg/translator/jaeger, jaegerproto_to_traces.go.
 */
export function decodeProcess(context: DecodeContext): Resource {
  const { reader } = context
  context.items = 0
  const rows = new Rows(tagStride)
  let name = ''
  let unknown: UnknownFields | undefined
  while (reader.position < reader.end) {
    const start = reader.position
    const field = reader.tag()
    if (field >>> 3 === 1) {
      expectWireType(field, WireType.bytes, reader)
      if (name !== '') context.lostFields += 1
      name = escapedText(reader.slice())
    } else if (field >>> 3 === 2) {
      readTag(context, field, rows)
    } else unknown = keepUnknown(unknown, reader, field, start)
  }
  const tags: KeyValue[] = []
  for (let row = 0; row < rows.count; row++) tags.push(attributeOf(reader.bytes, rows, row))
  context.lostFields += otherNames(name, tags)
  const kept = unknownToOtlp(unknown?.bytes(), Level.resource)
  return {
    attributes: attributesOf(name, tags),
    droppedAttributesCount: 0,
    ...(kept === undefined ? {} : { unknown: kept }),
  }
}

/** The resource of spans without a process. */
export const emptyResource: Resource = { attributes: [], droppedAttributesCount: 0 }

function attributesOf(name: string, tags: readonly KeyValue[]): KeyValue[] {
  const serviceName = serviceNameOf(name, tags)
  const attributes = [...serviceName, ...tags.filter((tag) => tag.key !== TagName.serviceName)]
  rename(attributes, TagName.hostname, TagName.hostName, (value) => value)
  rename(attributes, TagName.jaegerVersion, TagName.exporterVersion, exporterVersion)
  return attributes
}

/** How many service names there are besides the one that counts. */
function otherNames(name: string, tags: readonly KeyValue[]): number {
  const named = tags.filter((tag) => tag.key === TagName.serviceName)
  const last = named.pop()
  if (last === undefined) return 0
  const isNamed = name !== '' && name !== noServiceName
  const isOther = isNamed && !(last.value?.kind === 'string' && last.value.value === name)
  return named.length + (isOther ? 1 : 0)
}

function serviceNameOf(name: string, tags: readonly KeyValue[]): KeyValue[] {
  const tag = tags.findLast((candidate) => candidate.key === TagName.serviceName)
  if (tag !== undefined) return [tag]
  if (name === '' || name === noServiceName) return []
  return [{ key: TagName.serviceName, value: { kind: 'string', value: name } }]
}

/** Gives one attribute its OTLP name, unless that name is taken. */
function rename(
  attributes: KeyValue[],
  from: string,
  to: string,
  translate: (value: AnyValue | undefined) => AnyValue | undefined,
): void {
  const at = attributes.findIndex((attribute) => attribute.key === from)
  if (at < 0 || attributes.some((attribute) => attribute.key === to)) return
  const attribute = attributes[at] as KeyValue
  const value = translate(attribute.value)
  if (value !== undefined) attributes[at] = { ...attribute, key: to, value }
}

function exporterVersion(value: AnyValue | undefined): AnyValue | undefined {
  return value?.kind === 'string' ? { kind: 'string', value: `Jaeger-${value.value}` } : undefined
}
