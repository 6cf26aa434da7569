import type { WireReader } from '../../../bridge/wire/reader.ts'
import { expectWireType, WireType } from '../../../bridge/wire/reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import type { WireWriter } from '../../../bridge/wire/writer.ts'
import type { OperationCounts } from './operation-counts.ts'
import { readPart } from './parts-writer.ts'

/** Fields of an entry of `PartsWriter`: 1 operation, 2 kept, 3 represented double, 4 unmarked, 5 forced. */
export function writeCounts(writer: WireWriter, counts: OperationCounts): void {
  writer.string(1, counts.operation)
  writer.uint32(2, counts.kept)
  if (counts.represented > 0) writer.doubleAlways(3, counts.represented)
  writer.uint32(4, counts.unmarked)
  writer.uint32(5, counts.forced)
}

/** What one process has counted in `seconds`. @throws WireError */
export function* readCounts(part: Uint8Array): Generator<OperationCounts> {
  for (const { seconds, service, reader } of readPart(part)) {
    const counts = { operation: '', kept: 0, represented: 0, unmarked: 0, forced: 0 }
    while (reader.more()) {
      const tag = reader.tag()
      const field = tag >>> 3
      if (field === 1) {
        expectWireType(tag, WireType.bytes, reader)
        counts.operation = reader.string()
      } else if (field === 3) {
        expectWireType(tag, WireType.fixed64, reader)
        counts.represented = amountOf(reader)
      } else if (field === 2 || field === 4 || field === 5) {
        expectWireType(tag, WireType.varint, reader)
        const value = reader.uint32()
        if (field === 2) counts.kept = value
        else if (field === 4) counts.unmarked = value
        else counts.forced = value
      } else reader.skip(tag)
    }
    yield { service, ...counts, seconds }
  }
}

/** One that is no number would stay in what it is added to. */
function amountOf(reader: WireReader): number {
  const value = reader.double()
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value
  throw new WireError('bad_value', `Cannot read counts: ${value} traces`, 0)
}
