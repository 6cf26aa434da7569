import t from 'tap'
import { durationOf, timeOf } from '../../src/query/duration-and-time.ts'

t.test('durationOf() reads what Go writes', async (t) => {
  const cases: readonly (readonly [string, bigint | undefined])[] = [
    ['0', 0n],
    ['0s', 0n],
    ['1ns', 1n],
    ['1us', 1000n],
    ['1µs', 1000n],
    ['1μs', 1000n],
    ['1.5ms', 1_500_000n],
    ['.5s', 500_000_000n],
    ['1.s', 1_000_000_000n],
    ['+2m3s', 123_000_000_000n],
    ['1h2m3s4ms5us6ns', 3_723_004_005_006n],
    ['0.0000000019s', 1n],
    ['2562047h47m16.854775807s', 2n ** 63n - 1n],
    ['2562047h47m16.854775808s', undefined],
    ['9999999999999999999h', undefined],
    ['', undefined],
    ['s', undefined],
    ['.s', undefined],
    ['5', undefined],
    ['-1s', undefined],
    ['1 s', undefined],
    ['1d', undefined],
    ['1s ', undefined],
    ['1e3s', undefined],
    ['1sm', undefined],
    ['ms'.repeat(40), undefined],
    ['1m'.repeat(60), undefined],
  ]
  for (const [text, nano] of cases) t.equal(durationOf(text), nano, text)
})

t.test('timeOf() reads RFC 3339 up to nanoseconds', async (t) => {
  const cases: readonly (readonly [string, bigint | undefined])[] = [
    ['1970-01-01T00:00:00Z', 0n],
    ['1970-01-01t00:00:01.5z', 1_500_000_000n],
    ['2026-01-31T12:00:00.123456789Z', 1_769_860_800_123_456_789n],
    ['2026-01-31T13:00:00.1234567891+01:00', 1_769_860_800_123_456_789n],
    ['1969-12-31T23:59:59.5Z', -500_000_000n],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000_000_000n],
    ['2026-02-29T00:00:00Z', undefined],
    ['2026-02-30T00:00:00Z', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['2026-01-01T25:00:00Z', undefined],
    ['2026-01-01T00:00:00', undefined],
    ['2026-01-01', undefined],
    ['1769860800', undefined],
    ['', undefined],
  ]
  for (const [text, nano] of cases) t.equal(timeOf(text), nano, text)
})
