import { ThriftType } from '../../../bridge/thrift/thrift-type.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { thriftReaderOf } from '../formats/decode-thrift.ts'
import type { ByteWindow } from './byte-window.ts'
import type { Part, Splitter } from './splitter.ts'

/** Read at first to find the end of a struct; doubled until it is there. */
const firstBytes = 256 * 1024

/**
 * Takes files of Thrift structs apart, one behind the other. A struct does not say how long it is, so
 * it is passed over with more and more bytes until its end is among them.
 */
export class ThriftSplitter implements Splitter {
  documents = 0
  readonly #window: ByteWindow
  readonly #partBytesMax: number
  #isBroken = false

  constructor(window: ByteWindow, partBytesMax: number) {
    this.#window = window
    this.#partBytesMax = partBytesMax
  }

  async next(): Promise<Part | undefined> {
    const window = this.#window
    if (!(await window.need(1))) return undefined
    const { offset } = window
    this.documents += 1
    this.#isBroken = true
    for (let size = firstBytes; ; size *= 2) {
      const isWhole = !(await window.need(size))
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

  /** What follows a struct that cannot be passed over is not known. */
  recover(): boolean {
    return !this.#isBroken
  }

  /** Where the struct ends at the begin of the window; -1 when more must be read to know. */
  #endOfStruct(isWhole: boolean): number {
    const { bytes, offset } = this.#window
    const reader = thriftReaderOf(bytes[0] as number)
    reader.use(bytes)
    try {
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
