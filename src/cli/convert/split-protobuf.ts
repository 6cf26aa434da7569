import { WireReader, WireType } from '../../../bridge/wire/reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import type { ByteWindow } from './byte-window.ts'
import type { Part, Splitter } from './splitter.ts'

/** Tag of field 1, length-delimited, of which all that is split consists. */
const repeatedTag = 0x0a
/** A tag or a length, and both. */
const varintMax = 10
const lengthMax = 5

/** How messages follow each other. */
type Framing = 'message' | 'fixed32' | 'varint'

/**
 * Takes files of protobuf messages apart into the fields 1 of them, of which TracesData and
 * PostSpansRequest consist; other fields are passed over and counted.
 *
 * The first bytes say how messages follow each other. A message that begins with field 1 is the whole
 * file. A byte below 8 can begin no message: then each has its length before it in 4 bytes, big-endian, as
 * the Collector's file exporter writes them. Anything else is a length as a varint, as protobuf's own
 * libraries write delimited messages; a first one of 10 bytes, which could be taken for field 1, holds no span.
 *
 * Source: opentelemetry-collector-contrib, exporter/fileexporter, README ("proto").
 */
export class ProtobufSplitter implements Splitter {
  documents = 0
  skippedFields = 0
  readonly #window: ByteWindow
  readonly #partBytesMax: number
  #framing: Framing | undefined
  /** Where the message ends in the file; undefined where it ends with the file. */
  #messageEnd: number | undefined
  #element = 0
  #isBroken = false

  constructor(window: ByteWindow, partBytesMax: number) {
    this.#window = window
    this.#partBytesMax = partBytesMax
  }

  async next(): Promise<Part | undefined> {
    this.#isBroken = true
    const part = await this.#next()
    this.#isBroken = false
    return part
  }

  /** Behind a bad part lies the next one, behind a message that cannot be taken apart the next message. */
  async recover(): Promise<boolean> {
    if (!this.#isBroken) return true
    const left = (this.#messageEnd ?? 0) - this.#window.offset
    return left > 0 && this.#window.pass(left)
  }

  async #next(): Promise<Part | undefined> {
    const window = this.#window
    this.#framing ??= await this.#findFraming()
    for (;;) {
      const isMessageOver = this.#messageEnd !== undefined && window.offset >= this.#messageEnd
      if (this.#framing !== 'message' && (isMessageOver || this.#messageEnd === undefined)) {
        if (!(await window.need(1))) return undefined
        await this.#beginMessage()
        continue
      }
      if (!(await window.need(1))) {
        if (this.#messageEnd === undefined) return undefined
        throw this.#error('truncated', `the message goes on to byte ${this.#messageEnd}`)
      }
      const part = await this.#field()
      if (part !== undefined) return part
    }
  }

  async #findFraming(): Promise<Framing> {
    if (!(await this.#window.need(1))) return 'message'
    const first = this.#window.bytes[0] as number
    if (first === repeatedTag) {
      this.documents = 1
      return 'message'
    }
    return first < 8 ? 'fixed32' : 'varint'
  }

  async #beginMessage(): Promise<void> {
    const window = this.#window
    const { offset } = window
    let length: number
    if (this.#framing === 'fixed32') {
      if (!(await window.need(4))) throw this.#error('truncated', 'it ends within a length')
      length = window.bytes.readUInt32BE(0)
      window.skip(4)
    } else {
      await window.need(lengthMax)
      const reader = new WireReader(window.bytes)
      length = this.#read(offset, () => reader.uint32())
      window.skip(reader.position)
    }
    this.documents += 1
    this.#element = 0
    this.#messageEnd = window.offset + length
  }

  /** The next field of the message; undefined when it is another one. */
  async #field(): Promise<Part | undefined> {
    const window = this.#window
    const { offset } = window
    await window.need(2 * varintMax)
    const reader = new WireReader(window.bytes)
    const tag = this.#read(offset, () => reader.tag())
    if ((tag & 7) !== WireType.bytes) {
      this.#read(offset, () => reader.skip(tag))
      window.skip(reader.position)
      this.skippedFields += 1
      return undefined
    }
    const length = this.#read(offset, () => reader.uint32())
    const whole = reader.position + length
    const end = this.#messageEnd ?? Number.POSITIVE_INFINITY
    if (offset + whole > end) {
      throw this.#error(
        'bad_length',
        `field ${tag >>> 3} has ${length} bytes, which is over the end of its message`,
      )
    }
    if (tag !== repeatedTag) {
      this.skippedFields += 1
      if (await window.pass(whole)) return undefined
      throw this.#error('truncated', `it ends within field ${tag >>> 3}`)
    }
    if (whole > this.#partBytesMax) {
      throw this.#error(
        'bad_length',
        `field 1 has ${length} bytes, at most ${this.#partBytesMax} (--max-part-size)`,
      )
    }
    if (!(await window.need(whole))) throw this.#error('truncated', 'it ends within field 1')
    const element = this.#element++
    return { bytes: window.take(whole), offset, element }
  }

  /** Reads a few bytes of the window; errors get the offset in the file. */
  #read<Value>(offset: number, read: () => Value): Value {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      const text = error.message.replace(/ at byte \d+$/, '')
      throw new WireError(error.code, text, offset + error.offset)
    }
  }

  #error(code: WireError['code'], state: string): WireError {
    return new WireError(code, `Cannot read messages: ${state}`, this.#window.offset)
  }
}
