import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decodeBatches } from '../../../bridge/jaeger-proto/decode-request.ts'
import { ProtoOutput } from '../../../bridge/jaeger-thrift/proto-output.ts'
import { densityOf, writeBatch } from '../../../bridge/jaeger-thrift/write-batch.ts'
import { writeMessage } from '../../../bridge/jaeger-thrift/write-message.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { BinaryReader } from '../../../bridge/thrift/binary-reader.ts'
import { CompactReader } from '../../../bridge/thrift/compact-reader.ts'
import type { ThriftReader } from '../../../bridge/thrift/thrift-reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { projectRoot } from '../../project-root.ts'
import { messageOf } from './read-message.ts'

const golden = (name: string) =>
  readFileSync(join(projectRoot, `test/golden/jaeger-thrift/${name}.thrift-0.25.0.bin`))

const compactHead = Buffer.from('\x82\x81\x07\x09emitBatch', 'latin1')
const strictHead = Buffer.from('\x80\x01\x00\x04\x00\x00\x00\x09emitBatch\0\0\0\x07', 'latin1')

function compact(...body: readonly number[]): Buffer {
  return Buffer.concat([compactHead, Buffer.from(body)])
}

function binary(...body: readonly number[]): Buffer {
  return Buffer.concat([strictHead, Buffer.from(body)])
}

function write(reader: ThriftReader, bytes: Uint8Array) {
  reader.use(bytes)
  return writeMessage(reader, new ProtoOutput())
}

// The message, its batch (field 1, a struct) and then what is wrong with it.
const broken: readonly (readonly [
  why: string,
  reader: ThriftReader,
  bytes: Uint8Array,
  code: string,
])[] = [
  ['no bytes', new CompactReader(), Buffer.of(), 'truncated'],
  ['no bytes', new BinaryReader(), Buffer.of(), 'truncated'],
  ['another protocol', new CompactReader(), golden('ids.binary'), 'bad_value'],
  ['another version', new CompactReader(), Buffer.of(0x82, 0x82), 'bad_value'],
  ['another version', new BinaryReader(), Buffer.of(0x80, 2, 0, 4), 'bad_value'],
  ['an answer', new CompactReader(), Buffer.from('\x82\x41\0\x01a\0', 'latin1'), 'bad_value'],
  ['no batch', new CompactReader(), compact(0), 'bad_value'],
  ['a batch that is a number', new CompactReader(), compact(0x15, 2, 0), 'bad_value'],
  ['no end', new CompactReader(), compact(0x1c), 'truncated'],
  ['2^31 spans', new CompactReader(), compact(0x1c, 0x29, 0xfc, ...ff(4), 7), 'truncated'],
  ['2^31 spans', new BinaryReader(), binary(12, 0, 1, 15, 0, 2, 12, 0x7f, ...ff(3)), 'truncated'],
  ['-1 spans', new BinaryReader(), binary(12, 0, 1, 15, 0, 2, 12, ...ff(4)), 'bad_length'],
  ['a long text', new CompactReader(), compact(0x1c, 0x1c, 0x18, ...ff(4), 7), 'truncated'],
  ['a long varint', new CompactReader(), compact(0x1c, 0x36, ...ff(11)), 'bad_varint'],
  ['65 bits', new CompactReader(), compact(0x1c, 0x36, ...ff(9), 2), 'bad_varint'],
  ['no such type', new CompactReader(), compact(0x1c, 0x1e), 'bad_wire_type'],
  ['no such type', new BinaryReader(), binary(12, 0, 1, 5, 0, 9), 'bad_wire_type'],
  ['a nest of structs', new CompactReader(), compact(...Array(10_000).fill(0x1c)), 'too_deep'],
  [
    'a nest of lists',
    new BinaryReader(),
    binary(15, 0, 9, ...Array(10_000).fill([15, 0, 0, 0, 1]).flat()),
    'too_deep',
  ],
]
for (const [why, reader, bytes, code] of broken) {
  const protocol = reader instanceof CompactReader ? 'compact' : 'binary'
  t.test(`writeMessage() refuses ${why} by ${protocol}: ${code}`, async (t) => {
    const error = t.throws(() => write(reader, bytes), WireError) as WireError
    t.equal(error.code, code, error.message)
    t.ok(error.offset <= bytes.length)
  })
}

t.test('writeMessage() refuses every beginning of a datagram and leaves nothing', async (t) => {
  for (const protocol of ['compact', 'binary']) {
    const bytes = golden(`logs.${protocol}`)
    const reader = protocol === 'compact' ? new CompactReader() : new BinaryReader()
    const out = new ProtoOutput()
    for (let length = 0; length < bytes.length; length++) {
      reader.use(bytes.subarray(0, length))
      try {
        writeMessage(reader, out)
        t.fail(`${length} bytes were taken`)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
        if (error.code !== 'truncated') t.fail(`${length} bytes: ${error.message}`)
      }
    }
    t.equal(out.size, 0)
  }
})

t.test('writeMessage() names a method that is not served', async (t) => {
  const bytes = Buffer.from('\x82\x81\x07\x0femitZipkinBatch\0', 'latin1')
  t.same(write(new CompactReader(), bytes), { kind: 'unknown_method', method: 'emitZipkinBatch' })
})

t.test('writeMessage() counts a field of another type and reads the rest', async (t) => {
  // The batch: seqNo as a boolean (field 3), then one span with a span id and a name as a number.
  const span = [0x16, 2, 0x26, 2, 0x25, 9, 0]
  const bytes = compact(0x1c, 0x31, 0x09, 4, 0x1c, ...span, 0, 0)
  const { facts } = messageOf(new CompactReader(), bytes)
  t.match(facts, { spans: 1, seqNo: undefined, unknownFields: 2 })
})

t.test(
  'writeMessage() takes a batch without process: the service is said to be missing',
  async (t) => {
    // traceIdLow 1, spanId 1.
    const bytes = compact(0x1c, 0x29, 0x1c, 0x16, 2, 0x26, 2, 0, 0, 0)
    const { spans } = messageOf(new CompactReader(), bytes)
    const { batch, repairs } = decodeBatches(spans, { arrivalUnixMs: 0 })
    t.equal(spanCount(batch), 1)
    t.equal(repairs.get('service_name_missing'), 1)
  },
)

t.test('a span without ids is rejected and the others are kept', async (t) => {
  const bytes = compact(0x1c, 0x29, 0x2c, 0, 0x16, 2, 0x26, 2, 0, 0, 0)
  const { spans } = messageOf(new CompactReader(), bytes)
  const { batch, rejected } = decodeBatches(spans, { arrivalUnixMs: 0 })
  t.equal(spanCount(batch), 1)
  t.match(rejected, [{ reason: 'trace_id' }])
})

t.test(
  'writeBatch() reads a bare batch, and batches stay apart with their processes',
  async (t) => {
    const bare = (name: string) => golden(name).subarray(strictHead.length + 3)
    const reader = new BinaryReader()
    const out = new ProtoOutput()
    for (const name of ['times.binary', 'values.binary', 'times.binary']) {
      reader.use(bare(name))
      writeBatch(reader, out, densityOf(reader))
    }
    const { batch } = decodeBatches(out.finish(), { arrivalUnixMs: 0 })
    const groups = groupsOf(batch)
    t.same(
      groups.map(({ spans }) => spans.length),
      [8, 1],
      'equal processes are one group',
    )
    t.equal(groups[1]?.resource?.attributes.length, 16)
  },
)

t.test('the smallest parts of a full datagram grow no more than tenfold', async (t) => {
  const parts = {
    // Two ids and a name of nine bytes; shorter ones are refused.
    'spans of 16 bytes': [0x1c, 0x29, 0xfc, [0x16, 2, 0x26, 2, 0x28, 9, ...Array(9).fill(0x61), 0]],
    // In a list of one span, its references.
    'references of two ids': [0x1c, 0x29, 0x1c, 0x69, 0xfc, [0x26, 2, 0x26, 2, 0]],
  } as const
  for (const [what, [...head]] of Object.entries(parts)) {
    const part = head.pop() as readonly number[]
    const count = Math.floor(60_000 / part.length)
    const varint = [(count & 0x7f) | 0x80, ((count >>> 7) & 0x7f) | 0x80, count >>> 14]
    const numbers = [
      ...(head as number[]),
      ...varint,
      ...Array(count).fill(part).flat(),
      0,
      0,
      0,
      0,
    ]
    const bytes = compact(...numbers)
    const { spans } = messageOf(new CompactReader(), bytes)
    t.ok(spans.length <= 10 * bytes.length, `${what}: ${spans.length} of ${bytes.length} bytes`)
  }
})

for (const [what, head, part] of [
  ['spans', [0x1c, 0x29, 0xfc], [0]],
  ['tags', [0x1c, 0x29, 0x1c, 0xa9, 0xfc], [0]],
  ['lists of spans', [0x1c], [0x09, 4, 0x1c, 0]],
] as const) {
  t.test(`writeMessage() refuses a datagram of nothing but empty ${what}`, async (t) => {
    const count = Math.floor(60_000 / part.length)
    const varint = [(count & 0x7f) | 0x80, ((count >>> 7) & 0x7f) | 0x80, count >>> 14]
    const isList = head.at(-1) === 0xfc
    const bytes = compact(...head, ...(isList ? varint : []), ...Array(count).fill(part).flat())
    t.throws(() => write(new CompactReader(), bytes), { name: 'WireError', code: 'too_many' })
  })
}

t.test(
  'writeMessage() counts what stands behind the message, and a second batch in it',
  async (t) => {
    const one = compact(0x1c, 0x29, 0x1c, 0x16, 2, 0x26, 2, 0, 0)
    const end = Buffer.of(0)
    const counts = (bytes: Uint8Array) => {
      const message = write(new CompactReader(), bytes)
      return message.kind === 'batch' ? message.facts.unknownFields : undefined
    }
    t.equal(counts(Buffer.concat([one, end])), 0)
    t.equal(counts(Buffer.concat([one, end, one, end])), 1)
    t.equal(counts(Buffer.concat([one, Buffer.of(0x0c, 2, 0), end])), 1)
  },
)

t.test('writeMessage() counts an id and references that later ones replace', async (t) => {
  const span = [0x16, 2, 0x26, 2, 0x06, 6, 4, 0x39, 0x0c, 0x09, 12, 0x0c]
  const bytes = compact(0x1c, 0x29, 0x1c, ...span, 0, 0, 0)
  const message = write(new CompactReader(), bytes)
  t.match(message, { kind: 'batch', facts: { unknownFields: 2, spans: 1 } })
})

/** So many bytes of ones. */
function ff(count: number): readonly number[] {
  return Array(count).fill(0xff)
}
