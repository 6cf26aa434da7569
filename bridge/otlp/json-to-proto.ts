import type { RequestDensity } from '../model/request-density.ts'
import type { RejectReason } from '../model/span.ts'
import { badSpanDepthMax, JsonByte, JsonReader } from '../wire/json-reader.ts'
import { WireError } from '../wire/wire-error.ts'
import { WireWriter } from '../wire/writer.ts'
import type { JsonField, JsonMessage } from './json-fields.ts'
import { exportRequest } from './json-fields.ts'
import { bytesOfBase64, bytesOfHex, doubleOf, integerOf } from './json-scalars.ts'
import { Rejections } from './rejections.ts'

/** Beyond what a span may nest, where `decodeRequest` refuses it; here only the stack is spared. */
const depthMax = 200
/** Of a resource's group 1, of a scope's 2. */
const spanDepth = 3
/** A text in an error message is cut here. */
const shownTextMax = 40
/** Of a path that is longer, which only values in values have, the middle is left out. */
const pathPartsMax = 16

/** Thrown for a value that its field cannot have; one for each reader, as bad spans may be many. */
class BadValue extends Error {
  override readonly name = 'BadValue'
}

const reasons: Readonly<Record<string, RejectReason>> = {
  traceId: 'trace_id',
  spanId: 'span_id',
  parentSpanId: 'parent_span_id',
}

/** A member by the former name of its field, with where its value begins. */
interface FormerMember {
  readonly field: JsonField
  readonly at: number
}

/** OTLP JSON in protobuf. */
export interface Transcoded {
  readonly bytes: Uint8Array
  /** Spans that are left out, each with the path to the value that is wrong. */
  readonly rejections: Rejections
  /** Members that were read over because nobody knows their names. */
  readonly skippedFields: number
  /** The path to the first of them. */
  readonly firstSkipped: string | undefined
}

/**
 * ExportTraceServiceRequest in JSON -> the same in protobuf, in one pass and without objects.
 *
 * Numbers are read exactly. A value of the wrong type refuses its span and no other; outside of spans
 * it breaks the request. Names that are not known are read over and counted, and so is a former name beside the new one;
 * `null` is as if it was left out.
 *
 * @param density of the text
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding; proto3 JSON mapping.
 *
 * @throws WireError for text that is not JSON, and for bad values outside of spans
 */
export function protoOfJson(json: Uint8Array, density: RequestDensity): Transcoded {
  return new Transcoder(json, density).run()
}

class Transcoder {
  readonly #reader: JsonReader
  readonly #writer: WireWriter
  readonly #density: RequestDensity
  readonly #rejections = new Rejections()
  readonly #badValue = new BadValue('a value that its field cannot have')
  /** What is wrong with the value, and why its span is refused. */
  #state = ''
  #depth = 0
  #skippedFields = 0
  #firstSkipped: string | undefined
  /** The way to the value that is read: names of fields, and indexes into lists. */
  readonly #names: string[] = []
  readonly #indexes: number[] = []

  constructor(json: Uint8Array, density: RequestDensity) {
    this.#density = density
    this.#reader = new JsonReader(json)
    // Protobuf is shorter nearly always.
    this.#writer = new WireWriter(json.length)
  }

  run(): Transcoded {
    try {
      this.#message(exportRequest)
    } catch (error) {
      if (error !== this.#badValue) throw error
      const message = `Cannot decode request: ${this.#path()}${this.#state}`
      throw new WireError('bad_value', message, this.#reader.at)
    }
    this.#reader.end()
    return {
      bytes: this.#writer.finish(),
      rejections: this.#rejections,
      skippedFields: this.#skippedFields,
      firstSkipped: this.#firstSkipped,
    }
  }

  #message(message: JsonMessage): void {
    const reader = this.#reader
    if (reader.peek() !== JsonByte.openObject) this.#fail('must be an object')
    const depth = this.#depth
    if (depth > depthMax) this.#fail(`is nested over ${depthMax} messages deep`)
    if (!reader.enter(JsonByte.closeObject)) return
    let seen = 0
    let written = 0
    let former: FormerMember | undefined
    do {
      reader.key()
      const field = message.find(reader.text, reader.textStart, reader.textEnd)
      if (field === undefined) {
        this.#countSkipped(this.#firstSkipped ?? this.#pathTo(depth))
        reader.skip()
        continue
      }
      if (reader.peek() === JsonByte.n) {
        reader.literal()
        continue
      }
      this.#enterField(field, depth)
      const bit = field.inOneof ? 1 : 1 << field.number
      if (field.isFormer) {
        if (former !== undefined) this.#fail('is there twice')
        former = { field, at: reader.at }
        reader.skip(badSpanDepthMax)
      } else {
        if ((seen & bit) !== 0) this.#fail(field.inOneof ? 'is a second value' : 'is there twice')
        seen |= bit
        const { sizeBytes } = this.#writer
        this.#field(field)
        if (this.#writer.sizeBytes > sizeBytes) written |= bit
      }
      this.#depth = depth
    } while (reader.more(JsonByte.closeObject))
    if (former !== undefined) this.#former(former, (written & (1 << former.field.number)) > 0)
  }

  /**
   * Reads a member by its former name, behind all others of its object: one by the new name that says
   * anything says the same, and more exactly.
   *
   * Source: opentelemetry-proto 0.15, trace/v1/trace.proto, ResourceSpans.instrumentation_library_spans.
   */
  #former({ field, at }: FormerMember, isReplaced: boolean): void {
    const reader = this.#reader
    const depth = this.#depth
    this.#enterField(field, depth)
    if (isReplaced) this.#countSkipped(this.#path().trimEnd())
    else {
      const end = reader.at
      reader.at = at
      this.#field(field)
      reader.at = end
    }
    this.#depth = depth
  }

  #enterField({ name }: JsonField, depth: number): void {
    this.#names[depth] = name
    this.#indexes[depth] = -1
    this.#depth = depth + 1
  }

  #countSkipped(path: string): void {
    this.#skippedFields += 1
    this.#firstSkipped ??= path
  }

  #field(field: JsonField): void {
    const { message } = field
    if (message !== undefined) {
      if (field.kind === 'message') this.#writer.message(field.number, () => this.#message(message))
      else this.#list(() => this.#element(field, message))
    } else if (field.kind === 'strings') {
      this.#list(() => this.#bytes(field, this.#text()))
    } else this.#scalar(field)
  }

  #list(element: () => void): void {
    const reader = this.#reader
    if (reader.peek() !== JsonByte.openArray) this.#fail('must be an array')
    const last = this.#depth - 1
    if (!reader.enter(JsonByte.closeArray)) return
    do {
      this.#indexes[last] = (this.#indexes[last] as number) + 1
      element()
    } while (reader.more(JsonByte.closeArray))
  }

  #element(field: JsonField, message: JsonMessage): void {
    if (this.#depth <= spanDepth) this.#density.countSpans(1, this.#reader.at)
    else this.#density.countItems(1, this.#reader.at)
    const write = () => this.#message(message)
    if (field.kind !== 'spans') {
      this.#writer.message(field.number, write)
      return
    }
    const { sizeBytes } = this.#writer
    const { at } = this.#reader
    try {
      this.#writer.message(field.number, write)
    } catch (error) {
      if (error !== this.#badValue) throw error
      this.#rejections.add(this.#reason(), () => this.#path() + this.#state)
      this.#depth = spanDepth
      this.#writer.truncate(sizeBytes)
      this.#reader.at = at
      // Whatever is wrong with this span, its depth included, is no fault of the others.
      this.#reader.skip(badSpanDepthMax)
    }
  }

  #scalar(field: JsonField): void {
    const writer = this.#writer
    const { number, kind } = field
    switch (kind) {
      case 'string':
        this.#bytes(field, this.#text())
        break
      case 'hex': {
        const { text, textStart, textEnd } = this.#string()
        this.#bytes(field, bytesOfHex(text, textStart, textEnd) ?? this.#failText('hex digits'))
        break
      }
      case 'base64': {
        const bytes = bytesOfBase64(this.#string().latin1())
        this.#bytes(field, bytes ?? this.#failText('base64'))
        break
      }
      case 'bool':
        writer.boolAlways(number, this.#bool())
        break
      case 'double':
        writer.doubleAlways(number, doubleOf(this.#number()) ?? this.#failText('a double'))
        break
      case 'int64':
        writer.int64Always(number, this.#integer(-(2n ** 63n), 2n ** 63n - 1n))
        break
      case 'fixed64':
        writer.fixed64(number, this.#integer(0n, 2n ** 64n - 1n))
        break
      case 'uint32':
        writer.uint32(number, Number(this.#integer(0n, 2n ** 32n - 1n)))
        break
      case 'fixed32':
        writer.fixed32(number, Number(this.#integer(0n, 2n ** 32n - 1n)))
        break
      default:
        writer.int32(number, this.#enum(field))
    }
  }

  #bytes(field: JsonField, value: Uint8Array): void {
    if (field.inOneof || field.kind === 'strings') this.#writer.bytesAlways(field.number, value)
    else this.#writer.bytes(field.number, value)
  }

  /** The bytes of a string. They may be no UTF-8; `decodeRequest` finds and repairs that. */
  #text(): Uint8Array {
    const { text, textStart, textEnd } = this.#string()
    return text.subarray(textStart, textEnd)
  }

  #string(): JsonReader {
    if (this.#reader.peek() !== JsonByte.quote) this.#fail('must be a string')
    this.#reader.string()
    return this.#reader
  }

  #bool(): boolean {
    const byte = this.#reader.peek()
    if (byte !== JsonByte.t && byte !== JsonByte.f) this.#fail('must be true or false')
    return this.#reader.literal() === JsonByte.t
  }

  /** A number, or a string with one in it. */
  #number(): string {
    const reader = this.#reader
    const byte = reader.peek()
    if (byte === JsonByte.quote) reader.string()
    else if (byte === JsonByte.minus || (byte >= 0x30 && byte <= 0x39)) reader.number()
    else this.#fail('must be a number')
    return reader.latin1()
  }

  #integer(min: bigint, max: bigint): bigint {
    const value = integerOf(this.#number()) ?? this.#failText('a whole number')
    if (value < min || value > max) this.#fail(`must be ${min} to ${max}`)
    return value
  }

  /** A number that is not known is kept, as proto3 has it; a name that is not known cannot be. */
  #enum({ names }: JsonField): number {
    const text = this.#number()
    const named = names?.get(text)
    if (named !== undefined) return named
    const value =
      integerOf(text) ?? this.#failText(`one of ${[...(names?.keys() ?? [])].join(', ')}`)
    if (value < -(2n ** 31n) || value > 2n ** 31n - 1n) this.#fail('must fit into 32 bits')
    return Number(value)
  }

  /** Only ids of the span itself are reasons of their own. */
  #reason(): RejectReason {
    const name = this.#names[spanDepth] ?? ''
    return (this.#depth === spanDepth + 1 ? reasons[name] : undefined) ?? 'malformed'
  }

  /** The path to the member whose name was just read. */
  #pathTo(depth: number): string {
    const { text, textStart, textEnd } = this.#reader
    const name = text.toString('utf8', textStart, Math.min(textEnd, textStart + shownTextMax))
    return depth === 0 ? name : `${this.#path().trimEnd()}.${name}`
  }

  #path(): string {
    const parts = this.#names.slice(0, this.#depth).map((name, depth) => {
      const index = this.#indexes[depth] as number
      return index < 0 ? name : `${name}[${index}]`
    })
    if (parts.length > pathPartsMax)
      parts.splice(pathPartsMax - 2, parts.length - pathPartsMax + 1, '…')
    return parts.length === 0 ? 'the request ' : `${parts.join('.')} `
  }

  #failText(expected: string): never {
    const { text, textStart, textEnd } = this.#reader
    const shown = text.toString('utf8', textStart, Math.min(textEnd, textStart + shownTextMax))
    const more = textEnd - textStart > shownTextMax ? '…' : ''
    this.#fail(`must be ${expected}, is ${JSON.stringify(shown + more)}`)
  }

  #fail(state: string): never {
    this.#state = state
    throw this.#badValue
  }
}
