import type { BlockColumns, BlockIds, BlockSummary } from './block-view.ts'

/** What a block that grows says of all its spans together. */
export type Bounds = { -readonly [Name in keyof Omit<BlockSummary, 'spanCount'>]: number }

/** The columns of a block that grows; they are longer than what is in them. */
export interface GrowingColumns extends BlockColumns, BlockIds {
  /** Where each body is. */
  readonly offsets: Uint32Array
  /** Which keys each span has (shape-dictionary.ts). */
  readonly shapes: Uint16Array
  /** Where the hashes of its values end. */
  readonly valueEnds: Uint32Array
  /** See `OpenBlock.fronts`. */
  readonly fronts: Uint8Array
}

/** Hashes of the spans' own attributes. */
export interface OpenTerms {
  /** Which keys each span has: an index into `shapeKeys`. */
  readonly shapes: Uint16Array
  readonly shapeKeys: readonly Uint32Array[]
  /** Of values, span after span, those of a span up to its `valueEnds`. */
  readonly values: Uint32Array
  readonly valueEnds: Uint32Array
}

/** Columns with room for so many spans. */
export function growingColumns(spans: number): GrowingColumns {
  return {
    starts: new Float64Array(spans),
    durations: new Float64Array(spans),
    groups: new Uint16Array(spans),
    whats: new Uint16Array(spans),
    traces: new Uint16Array(spans),
    ownStarts: new Float64Array(spans),
    spanIds: new Uint8Array(spans * 8),
    parentIds: new Uint8Array(spans * 8),
    nanoRemainders: new Uint32Array(spans),
    lengths: new Uint32Array(spans),
    offsets: new Uint32Array(spans),
    shapes: new Uint16Array(spans),
    valueEnds: new Uint32Array(spans),
    fronts: new Uint8Array(spans),
  }
}

/** What the columns of one span take. */
export const columnBytes = 8 + 8 + 2 + 2 + 2 + 8 + 8 + 8 + 4 + 4 + 4 + 2 + 4 + 1

/** Copies a span's or its parent's id into a column of ids. */
export function copyId(into: Uint8Array, at: number, from: Uint8Array, offset: number): void {
  for (let index = 0; index < 8; index++) into[at + index] = from[offset + index] as number
}

/** Bounds of a block without spans, to be moved by each one that comes. */
export function noBounds(): Bounds {
  return {
    minMicros: Number.POSITIVE_INFINITY,
    maxMicros: Number.NEGATIVE_INFINITY,
    durationMaxMicros: 0,
    arrivalMinUnixMs: Number.POSITIVE_INFINITY,
    arrivalMaxUnixMs: Number.NEGATIVE_INFINITY,
  }
}
