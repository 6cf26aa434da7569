import t from 'tap'
import { traceBucketOf, traceMark } from '../../../src/blocks/segment.ts'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import { IndexRoom, TraceIndex } from '../../../src/stores/sqlite/trace-index.ts'
import { traceIdOf } from '../../conformance/sample.ts'

const known = [traceIdOf(1), traceIdOf(77), traceIdOf(1234)]
const unknown = traceIdOf(5)

/** A file that has, in each segment, the known traces in the slots 0, 1 and 2 and the first also in 63. */
function fakeFile(isDamaged = false) {
  const buckets = new Map<number, number[]>()
  for (const [slot, traceId] of [...known.entries(), [63, traceIdOf(1)] as const]) {
    const entries = buckets.get(traceBucketOf(traceId)) ?? []
    entries.push(((traceMark(traceId) << 6) | slot) >>> 0)
    buckets.set(traceBucketOf(traceId), entries)
  }
  const bytes = (entries: readonly number[]): Uint8Array => {
    return new Uint8Array(Uint32Array.from(entries).buffer)
  }
  const singles: number[] = []
  const whole: number[] = []
  return {
    singles,
    whole,
    traceBucket(segment: number, bucket: number): Uint8Array | undefined {
      singles.push(segment)
      const entries = buckets.get(bucket)
      return entries && bytes(entries)
    },
    traceBuckets(segment: number): (readonly [number, Uint8Array])[] {
      whole.push(segment)
      if (isDamaged) throw new GatewayError('store_corrupt', 'damaged')
      const sorted = [...buckets].sort(([left], [right]) => left - right)
      return sorted.map(([bucket, entries]) => [bucket, bytes(entries)])
    },
  }
}

function readOften(index: TraceIndex, file: ReturnType<typeof fakeFile>, blocks: number): void {
  for (let read = 0; read < 40; read++) index.noteRead(file, blocks)
}

t.test('slots() of a segment in memory are those that the file has', async (t) => {
  const file = fakeFile()
  const index = new TraceIndex(new IndexRoom(1024 * 1024))
  const look = (segment: number, inSegments: number): readonly (readonly number[])[] => {
    return [...known, unknown].map((id) => index.slots(file, segment, inSegments, id))
  }
  const wanted = [[0, 63], [1], [2], []]
  t.same(look(1, 136), wanted)
  t.same(file.singles, [1, 1, 1, 1])
  readOften(index, file, 136)
  t.same(file.whole, [0, 1, 2], 'each once')
  for (const segment of [0, 1, 2]) t.same(look(segment, 136), wanted)
  t.equal(file.singles.length, 4, 'nothing more was read')
  t.same(look(2, 150), wanted)
  t.equal(file.singles.length, 8, 'a segment that was written anew is not the one in memory')
  readOften(index, file, 150)
  t.same(file.whole, [0, 1, 2, 2])
  t.same(look(2, 150), wanted)
  t.equal(file.singles.length, 8)
})

t.test('noteRead() takes in what there is room for, and clear() gives it back', async (t) => {
  const file = fakeFile()
  const room = new IndexRoom(1)
  const first = new TraceIndex(room)
  readOften(first, file, 3 * 64)
  t.same(file.whole, [0])
  t.ok(room.isFull)
  first.clear()
  t.notOk(room.isFull)
  readOften(new TraceIndex(room), file, 3 * 64)
  t.same(file.whole, [0, 0])
})

t.test('slots() of a segment with a damaged bucket are read from the file', async (t) => {
  const file = fakeFile(true)
  const index = new TraceIndex(new IndexRoom(1024 * 1024))
  readOften(index, file, 64)
  t.same(file.whole, [0], 'is not tried again')
  t.same(index.slots(file, 0, 64, traceIdOf(77)), [1])
  t.same(file.singles, [0])
})
