import { BinaryReader } from '../../../bridge/thrift/binary-reader.ts'
import { ThriftType } from '../../../bridge/thrift/thrift-type.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { thriftReaderOf, thriftStartOf } from '../formats/decode-thrift.ts'
import type { ByteWindow } from './byte-window.ts'
import type { Part, Splitter } from './splitter.ts'

/** Read at first to find the end of a struct; doubled until it is there. */
const firstBytes = 256 * 1024

/** What stands before a frame. */
const frameLengthBytes = 4

/** What stands before a list of structs in the binary protocol: their type and, big-endian, how many. */
const listHead = Buffer.of(ThriftType.struct, 0, 0, 0, 1)

/**
 * Takes files of Thrift structs apart: structs one behind the other, or one list of them by the binary
 * protocol, of which each part is a list of one. A struct does not say how long it is, so it is passed
 * over with more and more bytes until its end is among them.
 *
 * In the place of a struct may be a call of Jaeger's agent, as datagrams have it, also in a frame with
 * its length; what is in the frame behind the call is passed over.
 */
export class ThriftSplitter implements Splitter {
  documents = 0
  readonly #window: ByteWindow
  readonly #partBytesMax: number
  readonly #isList: boolean
  /** Of the list. */
  #element = 0
  #elements = 0
  #isBroken = false

  constructor(window: ByteWindow, partBytesMax: number, isList = false) {
    this.#window = window
    this.#partBytesMax = partBytesMax
    this.#isList = isList
  }

  async next(): Promise<Part | undefined> {
    if (!this.#isList) {
      if (!(await this.#window.need(1))) return undefined
      this.documents += 1
      return this.#struct()
    }
    if (this.documents === 0 && !(await this.#beginList())) return undefined
    if (this.#element === this.#elements) return this.#endList()
    const element = this.#element++
    const { bytes, offset } = await this.#struct()
    return { bytes: Buffer.concat([listHead, bytes]), offset: offset - listHead.length, element }
  }

  async #beginList(): Promise<boolean> {
    const window = this.#window
    if (!(await window.need(1))) return false
    this.documents = 1
    this.#isBroken = true
    const hasHead = await window.need(listHead.length)
    if (!hasHead || window.bytes[0] !== ThriftType.struct) {
      throw new WireError('bad_length', 'Cannot read spans: no list of structs begins here', 0)
    }
    const { buffer, byteOffset } = window.bytes
    this.#elements = new DataView(buffer, byteOffset).getUint32(1)
    window.skip(listHead.length)
    this.#isBroken = false
    return true
  }

  async #endList(): Promise<undefined> {
    const window = this.#window
    if (!(await window.need(1))) return undefined
    this.#isBroken = true
    throw new WireError('bad_length', 'Cannot read spans: bytes follow the list', window.offset)
  }

  async #struct(): Promise<Part> {
    const window = this.#window
    const { offset } = window
    this.#isBroken = true
    for (let size = firstBytes; ; size *= 2) {
      const isWhole = !(await window.need(size))
      if (!this.#isList) {
        const { frameBytes } = thriftStartOf(window.bytes)
        if (frameBytes !== undefined) return this.#frame(frameBytes)
      }
      const end = this.#endOfStruct(isWhole)
      if (end >= 0) {
        this.#isBroken = false
        return { bytes: window.take(end), offset, element: undefined }
      }
      if (size >= this.#partBytesMax) {
        const state = `the batch has over ${this.#partBytesMax} bytes (--max-part-size)`
        throw new WireError('bad_length', `Cannot read batches: ${state}`, offset)
      }
    }
  }

  /** Behind a bad call in a frame the next frame is known. */
  async #frame(length: number): Promise<Part> {
    const window = this.#window
    if (length > this.#partBytesMax) {
      const state = `the frame has ${length} bytes, at most ${this.#partBytesMax} (--max-part-size)`
      throw new WireError('bad_length', `Cannot read messages: ${state}`, window.offset)
    }
    window.skip(frameLengthBytes)
    const { offset } = window
    if (!(await window.need(length))) {
      const state = `the frame has ${length} bytes, and ${window.length} are left`
      throw new WireError('truncated', `Cannot read messages: ${state}`, offset)
    }
    this.#isBroken = false
    return { bytes: window.take(length), offset, element: undefined }
  }

  /** What follows a struct that cannot be passed over is not known. */
  recover(): boolean {
    return !this.#isBroken
  }

  /** Where the struct ends at the begin of the window; -1 when more must be read to know. */
  #endOfStruct(isWhole: boolean): number {
    const { bytes, offset } = this.#window
    const { protocol, isMessage } = thriftStartOf(bytes)
    const reader = this.#isList ? new BinaryReader() : thriftReaderOf(protocol)
    reader.use(bytes)
    try {
      if (!this.#isList && isMessage) reader.envelope()
      reader.skip(ThriftType.struct)
      return reader.position
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      if (error.code === 'truncated' && !isWhole) return -1
      const text = error.message.replace(/ at byte \d+$/, '')
      throw new WireError(error.code, text, offset + error.offset)
    }
  }
}
