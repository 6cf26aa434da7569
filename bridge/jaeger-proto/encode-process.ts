import { noServiceName } from '../model/no-service-name.ts'
import type { KeyValue, Resource } from '../model/span.ts'
import { WireWriter } from '../wire/writer.ts'
import { encodeKeyValue } from './encode-key-value.ts'
import { Level, unknownToJaeger } from './exchange-unknown.ts'
import { TagName } from './tag-names.ts'

/**
 * Resource -> body of a jaeger.api_v2.Process.
 *
 *   1 service_name  attribute `service.name`, '' without it; `OTLPResourceNoServiceName` where there
 *                   is no attribute at all
 *   2 tags          the other attributes; a `service.name` that is no string stays among them
 *
 * Schema URL and dropped attributes count have no place.
 *
 * Source: jaeger-idl, api_v2/model.proto, message Process; opentelemetry-collector-contrib,
 * pkg/translator/jaeger, traces_to_jaegerproto.go.
 */
export function encodeProcess(resource: Resource | undefined): Uint8Array {
  const writer = new WireWriter()
  const { serviceName, tags } = processPartsOf(resource)
  writer.string(1, serviceName)
  for (const tag of tags) encodeKeyValue(writer, 2, tag)
  writer.raw(unknownToJaeger(resource?.unknown, Level.resource))
  return writer.finish()
}

/** What of a resource becomes what in a Process, whatever that is written in. */
export function processPartsOf(resource: Resource | undefined): {
  readonly serviceName: string
  readonly tags: readonly KeyValue[]
} {
  const attributes = resource?.attributes ?? []
  if (attributes.length === 0) return { serviceName: noServiceName, tags: [] }
  const name = attributes.find(
    ({ key, value }) => key === TagName.serviceName && value?.kind === 'string',
  )
  const serviceName = name?.value?.kind === 'string' ? name.value.value : ''
  return { serviceName, tags: attributes.filter((attribute) => attribute !== name) }
}
