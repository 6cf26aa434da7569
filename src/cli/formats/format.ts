import type { Decoded } from '../../../bridge/model/decoded.ts'
import type { Losses } from '../../../bridge/model/losses.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { InputName, OutputName } from './format-names.ts'

/** A format of spans in files: a row of the table in format-table.ts. */
export interface Format {
  readonly name: InputName | OutputName
  readonly mediaType: string
  /** For people: what a file of it holds. */
  readonly title: string
  /** How it is read; absent for one that is only written. */
  readonly input?: InputFormat
  /** How it is written; absent for one that is only read. */
  readonly output?: OutputFormat
}

/**
 * How a file of the format is taken apart, and a part of it is decoded. A part is decoded by itself and
 * is all that is held of the file:
 *
 *   json      a document, or with `listMember` an element of the list of that name in it; either is put
 *             between `before` and `after` to be decoded, but not a document that has no such list;
 *             documents follow each other, on lines or not, or are elements of one list
 *   protobuf  one field 1 of a message, with its tag and length; the file is one message, or messages
 *             with their length before each
 *   thrift    one struct; the file is structs one behind the other
 *   thrift_list  a list of one struct; the file is one list, by the binary protocol
 */
export type InputFormat = (
  | { readonly framing: 'json'; readonly listMember?: string; readonly wrap?: Wrap }
  | { readonly framing: 'protobuf' }
  | { readonly framing: 'thrift' | 'thrift_list' }
) & {
  /** Whether it is certain that a file which begins like this has the format. */
  readonly recognise: (beginning: Beginning) => boolean
  /** @throws WireError for bytes that are no part of such a file */
  readonly decode: (part: Uint8Array) => DecodedPart
}

/** What an element of a list is decoded in. */
export interface Wrap {
  readonly before: string
  readonly after: string
}

/** The first bytes of a file. */
export interface Beginning {
  readonly bytes: Uint8Array
  /** Names of members of the first levels; undefined when it is no JSON. */
  readonly members: ReadonlySet<string> | undefined
}

/** What came out of a part. */
export interface DecodedPart extends Decoded {
  /** What the part says that has no place in the model, besides `skippedFields`. */
  readonly lost?: Losses
}

/**
 * How spans are written.
 *
 *   json   elements of a list that stands in `document`
 *   bytes  bytes that follow each other
 *   text   text for people, pieces of which are apart by an empty line
 */
export type OutputFormat =
  | {
      readonly kind: 'json'
      /** Whether `encode` must be given all spans of a trace at once. */
      readonly wholeTraces: boolean
      readonly document: (elements: readonly unknown[]) => unknown
      readonly encode: (batches: readonly SpanBatch[]) => Encoded<readonly unknown[]>
    }
  | {
      readonly kind: 'bytes'
      readonly wholeTraces: false
      readonly encode: (batches: readonly SpanBatch[]) => Encoded<Uint8Array>
    }
  | {
      readonly kind: 'text'
      readonly wholeTraces: true
      readonly encode: (batches: readonly SpanBatch[]) => Encoded<string>
    }

/** Spans as they are written, and what of them is not. */
export interface Encoded<Written> {
  readonly written: Written
  readonly lost: Losses
}
