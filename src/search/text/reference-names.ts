import type { AttributeLevel, FieldLevel } from '../../ports/span-query.ts'
import type { Reference, ReferenceType } from './syntax.ts'
import type { AttributeScope } from './token.ts'

/**
 * The intrinsic fields by their names, with or without scope.
 *
 * Source: Grafana Tempo, documentation, "Construct a TraceQL query", intrinsic fields.
 */
const intrinsics: Readonly<Record<string, readonly [FieldLevel, string, ReferenceType]>> = {
  'span:name': ['span', 'name', 'text'],
  'span:status': ['span', 'status', 'status'],
  'span:statusMessage': ['span', 'statusMessage', 'text'],
  'span:kind': ['span', 'kind', 'kind'],
  'span:duration': ['span', 'duration', 'duration'],
  'span:id': ['span', 'spanID', 'span id'],
  'span:parentID': ['span', 'parentSpanID', 'span id'],
  'span:childCount': ['span', 'span:childCount', 'number'],
  'trace:id': ['span', 'traceID', 'trace id'],
  'trace:rootName': ['span', 'trace:rootName', 'text'],
  'trace:rootService': ['span', 'trace:rootService', 'text'],
  'trace:duration': ['span', 'trace:duration', 'duration'],
  'event:name': ['event', 'name', 'text'],
  'event:timeSinceStart': ['event', 'timeSinceStart', 'duration'],
  'link:traceID': ['link', 'traceID', 'trace id'],
  'link:spanID': ['link', 'spanID', 'span id'],
  'instrumentation:name': ['scope', 'name', 'text'],
  'instrumentation:version': ['scope', 'version', 'text'],
}

/** Names without scope, and those that they stand for. */
const shortNames: Readonly<Record<string, string>> = {
  name: 'span:name',
  status: 'span:status',
  statusMessage: 'span:statusMessage',
  kind: 'span:kind',
  duration: 'span:duration',
  rootName: 'trace:rootName',
  rootServiceName: 'trace:rootService',
  traceDuration: 'trace:duration',
}

/** The field of this name; undefined when there is none. */
export function intrinsicNamed(name: string, at: number): Reference | undefined {
  const full = Object.hasOwn(shortNames, name) ? shortNames[name] : name
  const entry = full !== undefined && Object.hasOwn(intrinsics, full) ? intrinsics[full] : undefined
  if (entry === undefined) return undefined
  const [level, field, type] = entry
  const isMany = level === 'event' || level === 'link'
  return { kind: 'reference', name, type, term: { kind: 'field', level, name: field }, isMany, at }
}

/** An attribute of this key; the service's name is a field of its own, which stores find fastest. */
export function attributeNamed(
  scope: Exclude<AttributeScope, 'parent'>,
  key: string,
  at: number,
): Reference {
  const name = `${scope}.${key}`
  if (name === 'resource.service.name') {
    const term = { kind: 'field', level: 'resource', name: 'service' } as const
    return { kind: 'reference', name, type: 'attribute', term, isMany: false, at }
  }
  const level: AttributeLevel = scope === 'instrumentation' ? 'scope' : scope
  return {
    kind: 'reference',
    name,
    type: 'attribute',
    term: { kind: 'attr', level, key },
    isMany: true,
    at,
  }
}
