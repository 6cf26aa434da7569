import { noServiceName } from '../model/no-service-name.ts'
import type { Resource } from '../model/span.ts'
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
  const attributes = resource?.attributes ?? []
  const name = attributes.find(
    ({ key, value }) => key === TagName.serviceName && value?.kind === 'string',
  )
  if (name?.value?.kind === 'string') writer.string(1, name.value.value)
  else if (attributes.length === 0) writer.string(1, noServiceName)
  for (const attribute of attributes) {
    if (attribute !== name) encodeKeyValue(writer, 2, attribute)
  }
  writer.raw(unknownToJaeger(resource?.unknown, Level.resource))
  return writer.finish()
}
