import type { RepairName } from '../model/decoded.ts'
import type { KeyValue, Resource } from '../model/span.ts'

/** Name of the attribute that says which service a resource belongs to. */
export const serviceNameKey = 'service.name'

/** The name of a resource that came without one. */
export const missingServiceName = 'missing-service-name'

/**
 * Every resource names its service: `missing-service-name` without the attribute,
 * `empty-service-name` when it is the empty text, `service-name-wrong-type` when it is no text; the
 * value of the wrong type is kept as the attribute `invalid-service-name`. The first attribute of
 * that key counts.
 *
 * Source: Jaeger 2.20.0, jptrace/sanitizer/emptyservicename.go; it drops the value.
 *
 * @returns the same object and no name when there is nothing to repair
 */
export function repairServiceName(resource: Resource): {
  readonly resource: Resource
  readonly repair: RepairName | undefined
} {
  const { attributes } = resource
  const at = attributes.findIndex(({ key }) => key === serviceNameKey)
  const attribute = attributes[at]
  if (attribute === undefined) {
    const named = [...attributes, serviceName(missingServiceName)]
    return { resource: { ...resource, attributes: named }, repair: 'service_name_missing' }
  }
  const { value } = attribute
  if (value?.kind !== 'string') {
    const kept = { ...attribute, key: 'invalid-service-name' }
    const named = [...attributes.with(at, serviceName('service-name-wrong-type')), kept]
    return { resource: { ...resource, attributes: named }, repair: 'service_name_type' }
  }
  if (value.value !== '') return { resource, repair: undefined }
  const named = attributes.with(at, { ...attribute, ...serviceName('empty-service-name') })
  return { resource: { ...resource, attributes: named }, repair: 'service_name_empty' }
}

function serviceName(name: string): KeyValue {
  return { key: serviceNameKey, value: { kind: 'string', value: name } }
}
