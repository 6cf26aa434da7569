/** How one field is written in JSON, and in protobuf. */
export type JsonKind =
  | 'string'
  | 'strings'
  | 'hex'
  | 'base64'
  | 'bool'
  | 'double'
  | 'int64'
  | 'fixed64'
  | 'uint32'
  | 'fixed32'
  | 'enum'
  | 'message'
  | 'messages'
  | 'spans'

/** A field of a message. */
export interface JsonField {
  readonly name: string
  readonly number: number
  readonly kind: JsonKind
  /** True inside a oneof, where a default value is written too. */
  readonly inOneof: boolean
  /** Of a message field. */
  readonly message: JsonMessage | undefined
  /** Of an enum: its values by name. */
  readonly names: ReadonlyMap<string, number> | undefined
  /** True of a name that older versions had for the field, which counts where the new one says nothing. */
  readonly isFormer: boolean
}

/** A message: its fields by the length of their names. */
export class JsonMessage {
  readonly #byLength: { readonly name: string; readonly field: JsonField }[][] = []

  /** Adds a field, by the name that JSON has and the one of the contract. @returns itself */
  field(number: number, name: string, kind: JsonKind, more: Partial<JsonField> = {}): this {
    const { inOneof = false, message, names, isFormer = false } = more
    const field = { name, number, kind, inOneof, message, names, isFormer }
    this.#add(name, field)
    const original = snakeCase(name)
    if (original !== name) this.#add(original, field)
    return this
  }

  #add(name: string, field: JsonField): void {
    const { length } = name
    for (let known = this.#byLength.length; known <= length; known++) this.#byLength.push([])
    this.#byLength[length]?.push({ name, field })
  }

  /** The field that `bytes[start..end)` names; undefined for one that is not known. */
  find(bytes: Uint8Array, start: number, end: number): JsonField | undefined {
    const fields = this.#byLength[end - start]
    if (fields === undefined) return undefined
    for (const { name, field } of fields) {
      let at = 0
      while (at < name.length && bytes[start + at] === name.charCodeAt(at)) at += 1
      if (at === name.length) return field
    }
    return undefined
  }
}

/** `traceId` -> `trace_id`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function numbered(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, number) => [name, number]))
}

const spanKinds = numbered(
  ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
    (name) => `SPAN_KIND_${name}`,
  ),
)
const statusCodes = numbered(['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`))

const inOneof = true
const anyValue = new JsonMessage()
const keyValue = new JsonMessage()
  .field(1, 'key', 'string')
  .field(2, 'value', 'message', { message: anyValue })
anyValue
  .field(1, 'stringValue', 'string', { inOneof })
  .field(2, 'boolValue', 'bool', { inOneof })
  .field(3, 'intValue', 'int64', { inOneof })
  .field(4, 'doubleValue', 'double', { inOneof })
  .field(5, 'arrayValue', 'message', {
    inOneof,
    message: new JsonMessage().field(1, 'values', 'messages', { message: anyValue }),
  })
  .field(6, 'kvlistValue', 'message', {
    inOneof,
    message: new JsonMessage().field(1, 'values', 'messages', { message: keyValue }),
  })
  .field(7, 'bytesValue', 'base64', { inOneof })

const entityRef = new JsonMessage()
  .field(1, 'schemaUrl', 'string')
  .field(2, 'type', 'string')
  .field(3, 'idKeys', 'strings')
  .field(4, 'descriptionKeys', 'strings')
const resource = new JsonMessage()
  .field(1, 'attributes', 'messages', { message: keyValue })
  .field(2, 'droppedAttributesCount', 'uint32')
  .field(3, 'entityRefs', 'messages', { message: entityRef })
const scope = new JsonMessage()
  .field(1, 'name', 'string')
  .field(2, 'version', 'string')
  .field(3, 'attributes', 'messages', { message: keyValue })
  .field(4, 'droppedAttributesCount', 'uint32')
const event = new JsonMessage()
  .field(1, 'timeUnixNano', 'fixed64')
  .field(2, 'name', 'string')
  .field(3, 'attributes', 'messages', { message: keyValue })
  .field(4, 'droppedAttributesCount', 'uint32')
const link = new JsonMessage()
  .field(1, 'traceId', 'hex')
  .field(2, 'spanId', 'hex')
  .field(3, 'traceState', 'string')
  .field(4, 'attributes', 'messages', { message: keyValue })
  .field(5, 'droppedAttributesCount', 'uint32')
  .field(6, 'flags', 'fixed32')
const status = new JsonMessage()
  .field(2, 'message', 'string')
  .field(3, 'code', 'enum', { names: statusCodes })
const span = new JsonMessage()
  .field(1, 'traceId', 'hex')
  .field(2, 'spanId', 'hex')
  .field(3, 'traceState', 'string')
  .field(4, 'parentSpanId', 'hex')
  .field(5, 'name', 'string')
  .field(6, 'kind', 'enum', { names: spanKinds })
  .field(7, 'startTimeUnixNano', 'fixed64')
  .field(8, 'endTimeUnixNano', 'fixed64')
  .field(9, 'attributes', 'messages', { message: keyValue })
  .field(10, 'droppedAttributesCount', 'uint32')
  .field(11, 'events', 'messages', { message: event })
  .field(12, 'droppedEventsCount', 'uint32')
  .field(13, 'links', 'messages', { message: link })
  .field(14, 'droppedLinksCount', 'uint32')
  .field(15, 'status', 'message', { message: status })
  .field(16, 'flags', 'fixed32')
const isFormer = true
const scopeSpans = new JsonMessage()
  .field(1, 'scope', 'message', { message: scope })
  .field(1, 'instrumentationLibrary', 'message', { message: scope, isFormer })
  .field(2, 'spans', 'spans', { message: span })
  .field(3, 'schemaUrl', 'string')
const resourceSpans = new JsonMessage()
  .field(1, 'resource', 'message', { message: resource })
  .field(2, 'scopeSpans', 'messages', { message: scopeSpans })
  .field(2, 'instrumentationLibrarySpans', 'messages', { message: scopeSpans, isFormer })
  .field(3, 'schemaUrl', 'string')

/**
 * ExportTraceServiceRequest with all that it holds, by the lowerCamelCase names of JSON and by those of
 * the contract in snake_case. OTLP does not let anybody send these, but proto3's own mapping has readers
 * take them, the Collector's does, and whoever sends them must not lose spans. So it is with the names
 * that scopes had before 0.15, which exporters in pages nobody builds anew still send.
 *
 * Source: opentelemetry-proto 1.11, trace/v1/trace.proto, common/v1/common.proto and
 * resource/v1/resource.proto; the names: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export const exportRequest = new JsonMessage().field(1, 'resourceSpans', 'messages', {
  message: resourceSpans,
})
