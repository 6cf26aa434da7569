import { textOf, WireReader, WireType } from '../../../bridge/wire/reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import { GrpcCode } from '../../errors/status.ts'
import type { DescribedFile, Descriptors } from './descriptors.ts'

/**
 * The answer to one message of server reflection. What is unknown is an error response, the stream
 * goes on.
 *
 *   ServerReflectionRequest   1 host, one of: 3 file_by_filename, 4 file_containing_symbol,
 *                             5 file_containing_extension (1 containing_type, 2 extension_number),
 *                             6 all_extension_numbers_of_type, 7 list_services
 *   ServerReflectionResponse  1 valid_host, 2 original_request, one of: 4 file_descriptor_response
 *                             (1 file_descriptor_proto), 5 all_extension_numbers_response (1
 *                             base_type_name, 2 extension_number), 6 list_services_response (1 service:
 *                             1 name), 7 error_response (1 error_code, 2 error_message)
 *
 * Source: grpc, src/proto/grpc/reflection/v1/reflection.proto (v1alpha has the same numbers).
 */
export function answerReflection(
  descriptors: Descriptors,
  services: readonly string[],
  request: Buffer,
): Buffer {
  const writer = new WireWriter(4096)
  try {
    const question = readQuestion(request)
    writer.string(1, question.host)
    writer.bytes(2, request)
    answer(writer, descriptors, services, question)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    writeError(writer, GrpcCode.invalidArgument, error.message)
  }
  return Buffer.from(writer.finish())
}

const Question = {
  fileByName: 3,
  fileWithSymbol: 4,
  fileWithExtension: 5,
  extensionNumbers: 6,
  listServices: 7,
} as const

interface Asked {
  readonly host: string
  /** Number of the request's field; 0 when it asks nothing. */
  readonly field: number
  readonly value: Uint8Array
}

function readQuestion(request: Uint8Array): Asked {
  const reader = new WireReader(request)
  let host = ''
  let field = 0
  let value: Uint8Array = new Uint8Array()
  while (reader.more()) {
    const tag = reader.tag()
    if ((tag & 7) !== WireType.bytes) reader.skip(tag)
    else if (tag >>> 3 === 1) host = reader.string()
    else {
      field = tag >>> 3
      value = reader.slice()
    }
  }
  return { host, field, value }
}

function answer(
  writer: WireWriter,
  descriptors: Descriptors,
  services: readonly string[],
  { field, value }: Asked,
): void {
  const name = textOf(value)
  switch (field) {
    case Question.fileByName:
      writeFiles(writer, descriptors, descriptors.files.get(name), `no file is named "${name}"`)
      return
    case Question.fileWithSymbol: {
      const file = descriptors.symbols.get(name.replace(/^\./, ''))
      writeFiles(writer, descriptors, file, `no symbol is named "${name}"`)
      return
    }
    case Question.fileWithExtension:
      writeFileWithExtension(writer, descriptors, value)
      return
    case Question.extensionNumbers:
      writeExtensionNumbers(writer, descriptors, name)
      return
    case Question.listServices:
      writer.message(6, (list) => {
        for (const service of services) list.message(1, (entry) => entry.string(1, service))
      })
      return
    default:
      writeError(
        writer,
        GrpcCode.unimplemented,
        `Cannot answer reflection: request kind ${field} is not known`,
      )
  }
}

function writeFileWithExtension(
  writer: WireWriter,
  descriptors: Descriptors,
  value: Uint8Array,
): void {
  const reader = new WireReader(value)
  let type = ''
  let number = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === ((1 << 3) | WireType.bytes)) type = reader.string()
    else if (tag === ((2 << 3) | WireType.varint)) number = reader.int32()
    else reader.skip(tag)
  }
  const file = descriptors.extensions.get(type.replace(/^\./, ''))?.get(number)
  writeFiles(writer, descriptors, file, `"${type}" has no extension ${number}`)
}

function writeExtensionNumbers(writer: WireWriter, descriptors: Descriptors, type: string): void {
  const name = type.replace(/^\./, '')
  if (!descriptors.symbols.has(name)) {
    writeNotFound(writer, `no message is named "${type}"`)
    return
  }
  const numbers = [...(descriptors.extensions.get(name)?.keys() ?? [])].sort((a, b) => a - b)
  writer.message(5, (response) => {
    response.string(1, name)
    for (const number of numbers) response.int32(2, number)
  })
}

/** The file, then all that it imports, each once: a client needs no second question. */
function writeFiles(
  writer: WireWriter,
  descriptors: Descriptors,
  file: DescribedFile | undefined,
  otherwise: string,
): void {
  if (file === undefined) {
    writeNotFound(writer, otherwise)
    return
  }
  const files = new Set([file])
  for (const { dependencies } of files) {
    for (const name of dependencies) {
      const dependency = descriptors.files.get(name)
      if (dependency !== undefined) files.add(dependency)
    }
  }
  writer.message(4, (response) => {
    for (const { bytes } of files) response.bytesAlways(1, bytes)
  })
}

function writeNotFound(writer: WireWriter, why: string): void {
  writeError(writer, GrpcCode.notFound, `Cannot answer reflection: ${why}`)
}

function writeError(writer: WireWriter, code: number, message: string): void {
  writer.message(7, (response) => {
    response.int32(1, code)
    response.string(2, message)
  })
}
