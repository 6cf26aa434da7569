import { latin1Of } from '../../../../bridge/wire/bytes-text.ts'
import { WireReader } from '../../../../bridge/wire/reader.ts'
import { WireWriter } from '../../../../bridge/wire/writer.ts'

/**
 * Where the bodies of some spans of a block are, those that came as one portion: in the rows of
 * `trace_part` that have the portion's id, in the same order for each trace.
 */
export interface Origin {
  /** Id of the portion, 16 bytes. */
  readonly id: Uint8Array
  readonly spanCount: number
  /** By trace id (latin1): the split in which its parts are, where that is not 0. */
  readonly splits: ReadonlyMap<string, number>
}

/**
 * Origins in the order of a block's spans, as a protobuf message:
 *
 *   1 origins   repeated: 1 id bytes, 2 span_count uint32, 3 splits repeated: 1 trace_id bytes, 2 split uint32
 */
export function encodeOrigins(origins: readonly Origin[]): Uint8Array {
  const writer = new WireWriter(64 + origins.length * 24)
  for (const { id, spanCount, splits } of origins) {
    writer.message(1, (origin) => {
      origin.bytesAlways(1, id)
      origin.uint32(2, spanCount)
      for (const [traceId, split] of splits) {
        origin.message(3, (entry) => {
          entry.bytesAlways(1, Buffer.from(traceId, 'latin1'))
          entry.uint32(2, split)
        })
      }
    })
  }
  return writer.finish()
}

/** The reverse of `encodeOrigins`. @throws WireError when it is no such message */
export function decodeOrigins(bytes: Uint8Array): readonly Origin[] {
  const reader = new WireReader(bytes)
  const origins: Origin[] = []
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) origins.push(decodeOrigin(reader.slice()))
    else reader.skip(tag)
  }
  return origins
}

function decodeOrigin(bytes: Uint8Array): Origin {
  const reader = new WireReader(bytes)
  let id = new Uint8Array(0)
  let spanCount = 0
  const splits = new Map<string, number>()
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) id = new Uint8Array(reader.slice())
    else if (tag === 0x10) spanCount = reader.uint32()
    else if (tag === 0x1a) splits.set(...decodeSplit(reader.slice()))
    else reader.skip(tag)
  }
  return { id, spanCount, splits }
}

function decodeSplit(bytes: Uint8Array): [traceId: string, split: number] {
  const reader = new WireReader(bytes)
  let traceId = ''
  let split = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) traceId = latin1Of(reader.slice())
    else if (tag === 0x10) split = reader.uint32()
    else reader.skip(tag)
  }
  return [traceId, split]
}
