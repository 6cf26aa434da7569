import { WireReader, WireType } from '../../../bridge/wire/reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'

/** Fields of bytes that a message must have, and the lengths that they may have. */
export type Lengths = Readonly<Record<number, readonly number[]>>

/**
 * Whether protobuf bytes hold a message with fields of these lengths at the end of this path of field
 * numbers. The bytes may end anywhere: what they begin is looked into as far as they go.
 */
export function hasMessage(bytes: Uint8Array, path: readonly number[], lengths: Lengths): boolean {
  const seen = new Set<number>()
  const reader = new WireReader(bytes)
  try {
    while (reader.more()) {
      const tag = reader.tag()
      if ((tag & 7) !== WireType.bytes) {
        reader.skip(tag)
        continue
      }
      const length = reader.uint32()
      const body = bytes.subarray(reader.position, reader.position + length)
      const [next, ...rest] = path
      if (next === undefined) {
        if (lengths[tag >>> 3]?.includes(length)) seen.add(tag >>> 3)
      } else if (tag >>> 3 === next && hasMessage(body, rest, lengths)) return true
      if (body.length < length) break
      reader.position += length
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
  }
  return path.length === 0 && Object.keys(lengths).every((field) => seen.has(Number(field)))
}
