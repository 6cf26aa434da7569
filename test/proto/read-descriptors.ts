import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader'
import { loadSync } from '@grpc/proto-loader'
import { projectRoot } from '../project-root.ts'

/** What a contract declares, in the form of test/golden/proto/*.json. */
export interface Contract {
  readonly messages: Readonly<Record<string, Message>>
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly services: Readonly<Record<string, Readonly<Record<string, object>>>>
}

/** Fields by number, and numbers that must not be used. */
export interface Message {
  readonly fields: Readonly<Record<string, object>>
  readonly reserved?: readonly string[]
  readonly mapEntry?: boolean
}

// The messages of google/protobuf/descriptor.proto, as far as they are read here.
interface FileProto {
  readonly package: string
  readonly messageType: readonly MessageProto[]
  readonly enumType: readonly EnumProto[]
  readonly service: readonly ServiceProto[]
}
interface MessageProto {
  readonly name: string
  readonly field: readonly FieldProto[]
  readonly nestedType: readonly MessageProto[]
  readonly enumType: readonly EnumProto[]
  readonly oneofDecl: readonly { readonly name: string }[]
  readonly reservedRange: readonly { readonly start: number; readonly end: number }[]
  readonly options?: { readonly mapEntry?: boolean }
}
interface FieldProto {
  readonly name: string
  readonly number: number
  readonly type: string
  readonly label: string
  readonly typeName?: string
  readonly jsonName: string
  readonly oneofIndex?: number
}
interface EnumProto {
  readonly name: string
  readonly value: readonly { readonly name: string; readonly number: number }[]
}
interface ServiceProto {
  readonly name: string
  readonly method: readonly {
    readonly name: string
    readonly inputType: string
    readonly outputType: string
    readonly clientStreaming?: boolean
    readonly serverStreaming?: boolean
  }[]
}

interface MutableContract {
  messages: Record<string, Message>
  enums: Record<string, Record<string, number>>
  services: Record<string, Record<string, object>>
}

/** Reads proto/gen/spangate.binpb; google.protobuf, which is only imported, is left out. */
export function readDescriptors(): Contract {
  const contract: MutableContract = { messages: {}, enums: {}, services: {} }
  for (const file of readFiles()) {
    if (file.package === 'google.protobuf') continue
    for (const message of file.messageType) addMessage(contract, file.package, message)
    for (const entry of file.enumType) addEnum(contract, file.package, entry)
    for (const service of file.service) addService(contract, file.package, service)
  }
  return contract
}

function readFiles(): readonly FileProto[] {
  const definitions: PackageDefinition = loadSync('google/protobuf/descriptor.proto', {
    enums: String,
    arrays: true,
  })
  const set = definitions['google.protobuf.FileDescriptorSet'] as MessageTypeDefinition<
    object,
    { readonly file: readonly FileProto[] }
  >
  return set.deserialize(readFileSync(join(projectRoot, 'proto/gen/spangate.binpb'))).file
}

function addMessage(contract: MutableContract, scope: string, message: MessageProto) {
  const name = `${scope}.${message.name}`
  const fields = message.field.map((field) => [field.number, describeField(message, field)])
  const reserved = message.reservedRange.map(({ start, end }) => `${start}-${end - 1}`)
  contract.messages[name] = {
    fields: Object.fromEntries(fields),
    ...(reserved.length > 0 && { reserved }),
    ...(message.options?.mapEntry && { mapEntry: true }),
  }
  for (const nested of message.nestedType) addMessage(contract, name, nested)
  for (const entry of message.enumType) addEnum(contract, name, entry)
}

function describeField(message: MessageProto, field: FieldProto) {
  const oneof =
    field.oneofIndex === undefined ? undefined : message.oneofDecl[field.oneofIndex]?.name
  return {
    name: field.name,
    jsonName: field.jsonName,
    type: field.type.replace('TYPE_', '').toLowerCase(),
    label: field.label.replace('LABEL_', '').toLowerCase(),
    ...(field.typeName !== undefined && { of: field.typeName.slice(1) }),
    ...(oneof !== undefined && { oneof }),
  }
}

function addEnum(contract: MutableContract, scope: string, entry: EnumProto) {
  const values = entry.value.map((value) => [value.name, value.number ?? 0])
  contract.enums[`${scope}.${entry.name}`] = Object.fromEntries(values)
}

function addService(contract: MutableContract, scope: string, service: ServiceProto) {
  const methods = service.method.map((method) => [
    method.name,
    {
      input: method.inputType.slice(1),
      output: method.outputType.slice(1),
      clientStream: method.clientStreaming ?? false,
      serverStream: method.serverStreaming ?? false,
    },
  ])
  contract.services[`${scope}.${service.name}`] = Object.fromEntries(methods)
}
