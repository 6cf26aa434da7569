import { WireReader } from '../../../bridge/wire/reader.ts'

/** Tag of field 13 of a Span, its links. */
const linksTag = 0x6a

/** Whether a Span's body has links, without decoding it. */
export function hasLinks(body: Uint8Array): boolean {
  // Most have no such byte at all.
  if (!body.includes(linksTag)) return false
  const reader = new WireReader(body)
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === linksTag) return true
    reader.skip(tag)
  }
  return false
}
