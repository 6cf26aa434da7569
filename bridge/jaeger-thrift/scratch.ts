import type { RequestDensity } from '../model/request-density.ts'
import type { ThriftReader } from '../thrift/thrift-reader.ts'
import type { ProtoOutput } from './proto-output.ts'

/** What the functions that write one batch share. */
export interface Context {
  readonly reader: ThriftReader
  readonly out: ProtoOutput
  /** Fields skipped so far because nobody knows them. */
  unknownFields: number
  spans: number
  /** Of the whole message, which may hold several batches. */
  readonly density: RequestDensity
}

/** Halves of a 64-bit number. */
export interface Halves {
  low: number
  high: number
}

/** Goes behind a field that is not in the contract, or has another type there. */
export function skipUnknown(context: Context): void {
  context.unknownFields += 1
  context.reader.skip(context.reader.fieldType)
}

/** Reads an i64 into `halves`. */
export function readHalves({ reader }: Context, halves: Halves): void {
  reader.i64()
  halves.low = reader.low
  halves.high = reader.high
}

/** The i64 that was just read as a number; beyond 2^53 not exact. */
export function numberOf({ low, high }: Halves): number {
  return high * 2 ** 32 + (low >>> 0)
}
