import { WireReader, WireType } from '../../../bridge/wire/reader.ts'

/** One .proto file of the descriptor set. */
export interface DescribedFile {
  readonly name: string
  /** The encoded FileDescriptorProto, with its comments. */
  readonly bytes: Uint8Array
  readonly dependencies: readonly string[]
}

/** What reflection tells, by file, symbol and extension. */
export interface Descriptors {
  readonly files: ReadonlyMap<string, DescribedFile>
  /** Fully qualified names, without a leading dot: of messages, fields, enums, services, methods. */
  readonly symbols: ReadonlyMap<string, DescribedFile>
  /** By extended message, then by field number. */
  readonly extensions: ReadonlyMap<string, ReadonlyMap<number, DescribedFile>>
}

/**
 * Indexes a descriptor set (`buf build --as-file-descriptor-set`).
 *
 * The files are kept as they are, so a client sees the comments and imports that were written.
 * @grpc/reflection reads what proto-loader leaves of them: no imports and no comments, so that
 * grpcurl cannot resolve a type of another file.
 *
 *   FileDescriptorSet         1 file
 *   FileDescriptorProto       1 name, 2 package, 3 dependency, 4 message_type, 5 enum_type, 6 service,
 *                             7 extension
 *   DescriptorProto           1 name, 2 field, 3 nested_type, 4 enum_type, 6 extension, 8 oneof_decl
 *   FieldDescriptorProto      1 name, 2 extendee, 3 number
 *   EnumDescriptorProto       1 name, 2 value
 *   ServiceDescriptorProto    1 name, 2 method
 *   and every other one       1 name
 *
 * Source: protobuf, google/protobuf/descriptor.proto.
 */
export function readDescriptors(descriptorSet: Uint8Array): Descriptors {
  const index = {
    files: new Map<string, DescribedFile>(),
    symbols: new Map<string, DescribedFile>(),
    extensions: new Map<string, Map<number, DescribedFile>>(),
  }
  for (const bytes of fieldsOf(descriptorSet).get(1) ?? []) indexFile(index, bytes)
  return index
}

interface Index {
  readonly files: Map<string, DescribedFile>
  readonly symbols: Map<string, DescribedFile>
  readonly extensions: Map<string, Map<number, DescribedFile>>
}

function indexFile(index: Index, bytes: Uint8Array): void {
  const fields = fieldsOf(bytes)
  const file: DescribedFile = {
    name: text(fields.get(1)?.[0]),
    bytes,
    dependencies: (fields.get(3) ?? []).map(text),
  }
  index.files.set(file.name, file)
  const scope = text(fields.get(2)?.[0])
  for (const message of fields.get(4) ?? []) indexMessage(index, file, scope, message)
  for (const type of fields.get(5) ?? []) indexWithChildren(index, file, scope, type, 'enum')
  for (const service of fields.get(6) ?? [])
    indexWithChildren(index, file, scope, service, 'service')
  for (const extension of fields.get(7) ?? []) indexExtension(index, file, scope, extension)
}

function indexMessage(index: Index, file: DescribedFile, scope: string, bytes: Uint8Array): void {
  const fields = fieldsOf(bytes)
  const name = qualified(scope, text(fields.get(1)?.[0]))
  index.symbols.set(name, file)
  for (const number of [2, 8]) {
    for (const child of fields.get(number) ?? []) index.symbols.set(nameIn(name, child), file)
  }
  for (const message of fields.get(3) ?? []) indexMessage(index, file, name, message)
  for (const type of fields.get(4) ?? []) indexWithChildren(index, file, name, type, 'enum')
  for (const extension of fields.get(6) ?? []) indexExtension(index, file, name, extension)
}

/** An enum's values live beside the enum, as in C++; a service's methods in it. */
function indexWithChildren(
  index: Index,
  file: DescribedFile,
  scope: string,
  bytes: Uint8Array,
  kind: 'enum' | 'service',
): void {
  const fields = fieldsOf(bytes)
  const name = qualified(scope, text(fields.get(1)?.[0]))
  index.symbols.set(name, file)
  const childScope = kind === 'enum' ? scope : name
  for (const child of fields.get(2) ?? []) index.symbols.set(nameIn(childScope, child), file)
}

function indexExtension(index: Index, file: DescribedFile, scope: string, bytes: Uint8Array): void {
  index.symbols.set(nameIn(scope, bytes), file)
  const extendee = text(fieldsOf(bytes).get(2)?.[0]).replace(/^\./, '')
  const byNumber = index.extensions.get(extendee) ?? new Map<number, DescribedFile>()
  byNumber.set(numberOf(bytes, 3), file)
  index.extensions.set(extendee, byNumber)
}

function nameIn(scope: string, bytes: Uint8Array): string {
  return qualified(scope, text(fieldsOf(bytes).get(1)?.[0]))
}

function qualified(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString('utf8')
}

/** Length-delimited fields of a message by number. */
function fieldsOf(bytes: Uint8Array): Map<number, Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>()
  const reader = new WireReader(bytes)
  while (reader.more()) {
    const tag = reader.tag()
    if ((tag & 7) !== WireType.bytes) {
      reader.skip(tag)
      continue
    }
    const values = fields.get(tag >>> 3)
    if (values === undefined) fields.set(tag >>> 3, [reader.slice()])
    else values.push(reader.slice())
  }
  return fields
}

/** A varint field of a message; 0 when it is absent. */
function numberOf(bytes: Uint8Array, field: number): number {
  const reader = new WireReader(bytes)
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === ((field << 3) | WireType.varint)) return reader.uint32()
    reader.skip(tag)
  }
  return 0
}
