import t from 'tap'
import { traceBuckets } from '../../../src/blocks/segment.ts'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import { IndexRoom, TraceIndex } from '../../../src/stores/sqlite/trace-index.ts'

/** A file of which each segment has entries in buckets 3 and 700, and what was read of it. */
function fakeFile(isDamaged = false) {
  const bytes = (segment: number, bucket: number): Uint8Array =>
    Uint8Array.of(segment, bucket % 256)
  const singles: string[] = []
  const whole: number[] = []
  return {
    singles,
    whole,
    traceBucket(segment: number, bucket: number): Uint8Array | undefined {
      singles.push(`${segment}/${bucket}`)
      return bucket === 3 || bucket === 700 ? bytes(segment, bucket) : undefined
    },
    traceBuckets(segment: number): (readonly [number, Uint8Array])[] {
      whole.push(segment)
      if (isDamaged) throw new GatewayError('store_corrupt', 'damaged')
      return [
        [3, bytes(segment, 3)],
        [700, bytes(segment, 700)],
      ]
    },
  }
}

function readOften(index: TraceIndex, file: ReturnType<typeof fakeFile>, blocks: number): void {
  for (let read = 0; read < 40; read++) index.noteRead(file, blocks)
}

t.test('bucket() of a segment in memory is what the file has', async (t) => {
  const file = fakeFile()
  const index = new TraceIndex(new IndexRoom(1024 * 1024))
  readOften(index, file, 2 * 64 + 8)
  t.same(file.whole, [0, 1], 'each full segment once, and not the one that will be written anew')
  const lengths = Array.from(Array(traceBuckets).keys(), (bucket) => {
    return index.bucket(file, 1, bucket)?.length
  })
  t.same(
    lengths.flatMap((length, bucket) => (length === 0 ? [] : [bucket])),
    [3, 700],
  )
  t.same([...(index.bucket(file, 0, 700) ?? [])], [0, 700 % 256])
  t.same([...(index.bucket(file, 1, 3) ?? [])], [1, 3])
  t.same(file.singles, [])
  t.same([...(index.bucket(file, 2, 3) ?? [])], [2, 3])
  t.same(file.singles, ['2/3'])
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

t.test('bucket() of a segment with a damaged bucket is read from the file', async (t) => {
  const file = fakeFile(true)
  const index = new TraceIndex(new IndexRoom(1024 * 1024))
  readOften(index, file, 64)
  t.same(file.whole, [0], 'is not tried again')
  t.same([...(index.bucket(file, 0, 3) ?? [])], [0, 3])
})
