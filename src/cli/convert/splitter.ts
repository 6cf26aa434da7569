import type { WireError } from '../../../bridge/wire/wire-error.ts'

/** A part of a file that is decoded by itself. */
export interface Part {
  readonly bytes: Uint8Array
  /** Where `bytes[0]` lies in the file. */
  readonly offset: number
  /** Which element of the list in its document this is, from 0; undefined for a document as it is. */
  readonly element: number | undefined
}

/** Takes a file apart, one part after the other, holding no more than one. */
export interface Splitter {
  /** Documents that have begun. */
  readonly documents: number
  /** Fields between the parts that were passed over; absent where a part is a whole document. */
  readonly skippedFields?: number
  /**
   * The next part; undefined at the end of the file.
   *
   * @throws WireError for a file that cannot be taken apart, with the offset in the file
   */
  next(): Promise<Part | undefined>
  /**
   * After an error of `next`, or of decoding the last part: goes on behind what is bad.
   *
   * @returns false when it is not known where that ends
   */
  recover(error: WireError): boolean | Promise<boolean>
}
