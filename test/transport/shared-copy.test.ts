import t from 'tap'
import { copyToShared } from '../../src/transport/shared-copy.ts'

t.test('copyToShared() moves every byte, wherever both ends lie', async (t) => {
  const from = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 31) >>> 3)
  for (const [start, end, at] of [
    [0, 0, 3],
    [1, 2, 7],
    [3, 64 * 1024 + 3, 0],
    [9, 150_001, 13],
    [16, 65_552, 5],
  ] as const) {
    const into = new Uint8Array(new SharedArrayBuffer(200_100), 8, 200_000)
    copyToShared(from, start, end, into, at)
    const wanted = new Uint8Array(200_000)
    wanted.set(from.subarray(start, end), at)
    t.equal(Buffer.compare(into, wanted), 0, `${start} to ${end}, at ${at}`)
  }
})
