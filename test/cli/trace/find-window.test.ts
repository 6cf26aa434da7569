import t from 'tap'
import { windowOfFlags } from '../../../src/cli/trace/find-window.ts'

const nowMs = 1_764_504_000_000

t.test('windowOfFlags() reads durations back from now, and times', async (t) => {
  t.same(windowOfFlags({}, nowMs), {})
  t.same(windowOfFlags({ since: '30m' }, nowMs), { minMicros: (nowMs - 1_800_000) * 1000 })
  t.same(windowOfFlags({ start: '2025-11-30T12:00:00Z', end: '1764504000.5' }, nowMs), {
    minMicros: nowMs * 1000,
    maxMicros: nowMs * 1000 + 500_000,
  })
})

t.test('windowOfFlags() refuses what is no time, and an end before the start', async (t) => {
  const bad = [
    [{ since: 'yesterday' }, /Cannot use --since: must be a duration/],
    [{ start: '12:00' }, /Cannot use --start: must be a time/],
    [{ end: '2025-13-01' }, /Cannot use --end: must be a time/],
    [{ since: '1h', start: '1764504000' }, /cannot stand beside --start/],
    [{ start: '1764504000', end: '1764504000' }, /must be later than the start/],
  ] as const
  for (const [flags, message] of bad) {
    t.throws(() => windowOfFlags(flags, nowMs), { code: 'invalid_argument', message })
  }
})
