import type { Readable, Writable } from 'node:stream'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { DecodedPart, InputFormat } from '../formats/format.ts'
import type { InputName, OutputName } from '../formats/format-names.ts'
import { inputNames } from '../formats/format-names.ts'
import { inputOf, outputOf } from '../formats/format-table.ts'
import { isUtf16 } from './byte-order.ts'
import { ByteWindow } from './byte-window.ts'
import { openOutput, readInput } from './open-files.ts'
import { recogniseFormat } from './recognise.ts'
import { ConvertReport } from './report.ts'
import { SpanWriter } from './span-writer.ts'
import { JsonSplitter } from './split-json.ts'
import { ProtobufSplitter } from './split-protobuf.ts'
import { ThriftSplitter } from './split-thrift.ts'
import type { Part, Splitter } from './splitter.ts'

/** What `spangate convert` is to do. */
export interface ConvertOptions {
  /** Path, or `-` for standard input. */
  readonly input: string
  /** Path, or `-` for standard output. */
  readonly output: string
  /** Undefined where the beginning of the file is to tell it. */
  readonly from: InputName | undefined
  readonly to: OutputName
  /** Whether a document that cannot be read is passed over. */
  readonly keepGoing: boolean
  /** Most bytes of one part of the file, and of spans that wait for others of their traces. */
  readonly partBytesMax: number
  readonly stdin: () => Readable
  readonly stdout: () => Writable & { readonly isTTY?: boolean }
  /** A line for people. */
  readonly line: (text: string) => void
}

/**
 * Reads spans of one format and writes them in another, part by part, so that a file of any size takes
 * the memory of its largest part. Whatever was read before an error is written: as a whole document after
 * one that is bad, but without its end where the file itself breaks off, as a cut gzip file does.
 *
 * @returns whether everything was read and no span refused
 * @throws GatewayError for files that cannot be opened, and for a format that cannot be told
 */
export async function convert(options: ConvertOptions): Promise<boolean> {
  const format = outputOf(options.to)
  if (format.kind === 'bytes' && options.output === '-' && options.stdout().isTTY === true) {
    const state = `${options.to} is binary and this is a terminal; say -o FILE`
    throw new GatewayError('invalid_argument', `Cannot write to standard output: ${state}`)
  }
  const window = new ByteWindow(readInput(options.input, options.stdin))
  try {
    // A file that cannot be read at all leaves the output as it is.
    await window.need(1)
    const from = options.from ?? (await recognised(window, options.input))
    const input = inputOf(from)
    const output = openOutput(options.output, options.input, options.stdout)
    const writer = new SpanWriter(format, output.write, options.partBytesMax)
    const name = options.input === '-' ? 'standard input' : options.input
    const report = new ConvertReport(name, options.line)
    const splitter = splitterOf(input, window, options.partBytesMax)
    await copy({ input, splitter, writer, report, keepGoing: options.keepGoing })
    if (window.failure !== undefined) report.breakOff(window.failure)
    await writer.end({ isWhole: window.failure === undefined })
    await output.end()
    const { spans, splitTraces, lost } = writer
    const { documents, skippedFields = 0 } = splitter
    report.skip(skippedFields)
    if (spans === 0 && report.failures === 0 && report.isAllUnknown) report.misread(from)
    const unwritten = format.kind === 'text' ? undefined : lost
    options.line(report.summary({ documents, spans, splitTraces, unwritten }))
    return report.failures === 0 && report.rejections === 0
  } finally {
    await window.close()
  }
}

async function recognised(window: ByteWindow, file: string): Promise<InputName> {
  const format = await recogniseFormat(window)
  if (format !== undefined) return format
  const name = file === '-' ? 'standard input' : file
  const names = `one of ${inputNames.join(', ')}`
  const state = isUtf16(window.bytes)
    ? `it looks like text in UTF-16, and JSON is UTF-8; otherwise say --from, ${names}`
    : `${window.length === 0 ? 'it is empty; ' : ''}say --from, ${names}`
  throw new GatewayError('invalid_argument', `Cannot tell the format of ${name}: ${state}`)
}

interface Copy {
  readonly input: InputFormat
  readonly splitter: Splitter
  readonly writer: SpanWriter
  readonly report: ConvertReport
  readonly keepGoing: boolean
}

async function copy({ input, splitter, writer, report, keepGoing }: Copy): Promise<void> {
  for (;;) {
    let part: Part | undefined
    let decoded: DecodedPart
    try {
      part = await splitter.next()
      if (part === undefined) return
      decoded = decodePart(input, part)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      report.fail(error, part?.offset ?? 0, part?.element)
      if (!keepGoing) return
      if (await splitter.recover(error)) continue
      report.giveUp()
      return
    }
    report.add(part, decoded)
    await writer.write(decoded.batch)
  }
}

/** @throws WireError with the offset in the part */
function decodePart(input: InputFormat, { bytes, element }: Part): DecodedPart {
  if (input.framing !== 'json' || input.wrap === undefined) return input.decode(bytes)
  if (input.listMember !== undefined && element === undefined) return input.decode(bytes)
  const { before, after } = input.wrap
  try {
    return input.decode(Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]))
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    const text = error.message.replace(/ at byte \d+$/, '')
    throw new WireError(error.code, text, Math.max(0, error.offset - before.length))
  }
}

function splitterOf(input: InputFormat, window: ByteWindow, partBytesMax: number): Splitter {
  switch (input.framing) {
    case 'json':
      return new JsonSplitter(window, input.listMember, partBytesMax)
    case 'protobuf':
      return new ProtobufSplitter(window, partBytesMax)
    case 'thrift':
    case 'thrift_list':
      return new ThriftSplitter(window, partBytesMax, input.framing === 'thrift_list')
  }
}
