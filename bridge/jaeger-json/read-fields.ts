import { WireReader } from '../wire/reader.ts'

/** Gives the fields of a message to those who read them, and skips the others. */
export function readFields(
  body: Uint8Array,
  readers: Readonly<Record<number, (reader: WireReader) => unknown>>,
): void {
  const reader = new WireReader(body)
  while (reader.more()) {
    const tag = reader.tag()
    const read = readers[tag >>> 3]
    if (read === undefined) reader.skip(tag)
    else read(reader)
  }
}
