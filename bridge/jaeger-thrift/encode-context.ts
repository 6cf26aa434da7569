import type { ThriftWriter } from '../thrift/thrift-writer.ts'
import type { WireReader } from '../wire/reader.ts'

/** What had no place in the batches that were written, by kind. */
export interface LostInThrift {
  /** Times and durations that were cut to whole microseconds. */
  readonly nanoseconds: number
  /** Fields that no contract of Jaeger has. */
  readonly unknownFields: number
}

/** What the functions that encode batches share. */
export interface EncodeContext {
  readonly writer: ThriftWriter
  /** Counted up as batches are written. */
  readonly lost: { -readonly [Loss in keyof LostInThrift]: number }
}

/** Goes behind a field that has no place in Thrift's structs. */
export function skipLost({ lost }: EncodeContext, reader: WireReader, tag: number): void {
  lost.unknownFields += 1
  reader.skip(tag)
}
