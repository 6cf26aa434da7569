import assert from 'node:assert/strict'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'

type Write = (writer: WireWriter) => void

/**
 * Batches of one span each that is good, and encoded as hardly any encoder does it, or holds what is rare;
 * with what is odd about each.
 */
export function oddBatches(): ReadonlyMap<string, SpanBatch> {
  return new Map(Object.entries(odd).map(([name, write]) => [name, batchOf(write)]))
}

function batchOf(write: Write): SpanBatch {
  const writer = new WireWriter()
  writer.message(1, () => {
    writer.message(2, () => {
      writer.message(2, () => {
        writer.bytes(1, Buffer.alloc(16, 7))
        writer.bytes(2, Buffer.alloc(8, 9))
        writer.string(5, 'odd "name"\n')
        writer.fixed64(7, 1_700_000_000_123_456_789n)
        writer.fixed64(8, 1_700_000_000_123_457_788n)
        write(writer)
      })
    })
  })
  const { batch, rejected } = decodeRequest(writer.finish(), { arrivalUnixMs: 0 })
  assert.deepEqual(rejected, [])
  return batch
}

/** A KeyValue with a text, of which the length or the tag is one byte longer than it need be. */
function attribute(writer: WireWriter, key: string, value: string): void {
  writer.message(9, () => {
    writer.string(1, key)
    writer.message(2, () => writer.string(1, value))
  })
}

const odd: Readonly<Record<string, Write>> = {
  'a value before its key': (writer) => {
    writer.message(9, () => {
      writer.message(2, () => writer.string(1, 'value'))
      writer.string(1, 'key')
    })
  },
  'a key that comes twice': (writer) => {
    writer.message(9, () => {
      writer.string(1, 'first')
      writer.string(1, 'event')
      writer.message(2, () => writer.string(1, 'value'))
    })
  },
  'a value that comes twice': (writer) => {
    writer.message(9, () => {
      writer.string(1, 'key')
      writer.message(2, () => writer.string(1, 'first'))
      writer.message(2, () => writer.int64(3, 5n))
    })
  },
  'a key without a value': (writer) => {
    writer.message(9, () => writer.string(1, 'key'))
  },
  'an attribute of nothing': (writer) => writer.message(9, () => {}),
  'an empty value': (writer) => {
    writer.message(9, () => {
      writer.string(1, 'key')
      writer.message(2, () => {})
    })
  },
  'a padded length': (writer) => {
    writer.raw(
      Uint8Array.of(0x4a, 0x89, 0x00, 0x0a, 0x01, 0x6b, 0x12, 0x04, 0x0a, 0x02, 0x76, 0x76),
    )
  },
  'a padded tag': (writer) => {
    writer.raw(
      Uint8Array.of(0xca, 0x00, 0x09, 0x0a, 0x01, 0x6b, 0x12, 0x04, 0x0a, 0x02, 0x76, 0x76),
    )
  },
  'a padded int': (writer) => {
    writer.raw(Uint8Array.of(0x4a, 0x09, 0x0a, 0x01, 0x6b, 0x12, 0x04, 0x18, 0x85, 0x80, 0x00))
  },
  'a status that comes twice': (writer) => {
    writer.message(15, () => writer.string(2, 'first'))
    writer.message(15, () => writer.int32(3, 2))
  },
  'a status of an unknown code': (writer) => {
    writer.message(15, () => writer.int32(3, 7))
  },
  'an unknown field': (writer) => {
    writer.string(77, 'unknown')
    attribute(writer, 'key', 'value')
  },
  'an unknown kind': (writer) => writer.int32(6, 99),
  'a negative kind': (writer) => writer.int32(6, -1),
  'flags beyond the first': (writer) =>
    writer.raw(Uint8Array.of(0x85, 0x01, 0x01, 0x03, 0x00, 0x00)),
  'a name that comes twice': (writer) => writer.string(5, 'last'),
  'a start that comes twice': (writer) => writer.fixed64(7, 1_700_000_000_000_000_001n),
  'a time past what a double holds': (writer) => {
    writer.fixed64(7, 2n ** 64n - 2000n)
    writer.fixed64(8, 2n ** 64n - 1n)
  },
  'an event with an unknown field': (writer) => {
    writer.message(11, () => {
      writer.string(2, 'name')
      writer.string(77, 'unknown')
    })
  },
  'an event of nothing': (writer) => writer.message(11, () => {}),
  'an event whose name comes last': (writer) => {
    writer.message(11, () => {
      writer.message(3, () => {
        writer.string(1, 'key')
        writer.message(2, () => writer.int64(3, -1n))
      })
      writer.fixed64(1, 1999n)
      writer.string(2, 'name')
    })
  },
  'counts of what was dropped': (writer) => {
    writer.uint32(10, 300)
    writer.uint32(12, 4_000_000_000)
    writer.uint32(14, 1)
  },
  'keys of Jaeger in odd places': (writer) => {
    attribute(writer, '@jaeger@flags', 'text')
    attribute(writer, '@jaeger@warnings', 'text')
    attribute(writer, 'span.kind', 'odd')
  },
}
