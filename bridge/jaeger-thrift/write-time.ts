import type { Context } from './scratch.ts'
import { numberOf } from './scratch.ts'

const microsPerSecond = 1_000_000

/**
 * i64, microseconds -> google.protobuf.Timestamp or Duration.
 *
 *   1 seconds  int64
 *   2 nanos    int32  never negative: seconds are rounded down
 */
export function writeMicros({ reader, out }: Context, tag: number): void {
  reader.i64()
  const micros = numberOf(reader)
  let seconds: number
  let rest: number
  if (Number.isSafeInteger(micros)) {
    rest = micros % microsPerSecond
    if (rest < 0) rest += microsPerSecond
    seconds = (micros - rest) / microsPerSecond
  } else {
    // Over 285 years from 1970: no real time, but it is told as it came.
    const exact = (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0)
    const mod = ((exact % 1_000_000n) + 1_000_000n) % 1_000_000n
    rest = Number(mod)
    seconds = Number((exact - mod) / 1_000_000n)
  }
  const at = out.open(tag)
  const high = Math.floor(seconds / 2 ** 32)
  if (seconds !== 0) out.int64(0x08, seconds - high * 2 ** 32, high)
  if (rest !== 0) out.uint32(0x10, rest * 1000)
  out.close(at)
}
