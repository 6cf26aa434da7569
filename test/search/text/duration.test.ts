import t from 'tap'
import { nanoOfDuration } from '../../../src/search/text/duration.ts'

const durations: Readonly<Record<string, bigint | undefined>> = {
  '1ns': 1n,
  '1us': 1_000n,
  '1µs': 1_000n,
  '1.5ms': 1_500_000n,
  '2s': 2_000_000_000n,
  '1m30s': 90_000_000_000n,
  '1h': 3_600_000_000_000n,
  '1d': 86_400_000_000_000n,
  '1w2d': 777_600_000_000_000n,
  '1y': 31_536_000_000_000_000n,
  '1s1m': 61_000_000_000n,
  '.5s': 500_000_000n,
  '1.s': 1_000_000_000n,
  '0.0000000001s': 0n,
  '1.5d': undefined,
  '1d1.5h': undefined,
  '1': undefined,
  s: undefined,
  '1sec': undefined,
  '300y': undefined,
}

for (const [text, nano] of Object.entries(durations)) {
  t.test(`nanoOfDuration() reads ${text} as ${nano} ns`, async (t) => {
    t.equal(nanoOfDuration(text), nano)
  })
}

t.test('nanoOfDuration() refuses a long text without trying all ways to read it', async (t) => {
  for (const text of [`${'11s'.repeat(30)}1`, `${'1'.repeat(800)}s${'1'.repeat(1600)}`]) {
    const before = process.cpuUsage()
    t.equal(nanoOfDuration(text), undefined)
    const { user, system } = process.cpuUsage(before)
    t.ok(user + system < 200_000, `${(user + system) / 1000} ms`)
  }
})
