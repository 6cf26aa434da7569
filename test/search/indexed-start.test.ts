import t from 'tap'
import { indexedStartMicros } from '../../src/search/indexed-start.ts'

const arrivalUnixMs = 1_800_000_000_000
const retentionMs = 72 * 3_600_000
const earliest = (arrivalUnixMs - retentionMs) * 1000
const latest = (arrivalUnixMs + 3_600_000) * 1000

const rows: readonly (readonly [reason: string, startMicros: number, indexed: number])[] = [
  ['a start of now', arrivalUnixMs * 1000, arrivalUnixMs * 1000],
  ['the first start that is kept', earliest, earliest],
  ['the last start that is kept', latest, latest],
  ['a start just before', earliest - 1, earliest],
  ['a start just after', latest + 1, latest],
  ['the epoch', 0, earliest],
  ['the largest start', Number.MAX_SAFE_INTEGER, latest],
]

for (const [reason, startMicros, indexed] of rows) {
  t.test(`indexedStartMicros() of ${reason}`, async (t) => {
    t.equal(indexedStartMicros({ startMicros, arrivalUnixMs, retentionMs }), indexed)
  })
}

t.test('indexedStartMicros() is never before the epoch', async (t) => {
  t.equal(indexedStartMicros({ startMicros: 0, arrivalUnixMs: 5, retentionMs }), 0)
})
