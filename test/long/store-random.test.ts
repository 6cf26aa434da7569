import t from 'tap'
import { random } from '../conformance/random.ts'
import { referenceStore } from '../conformance/reference-store.ts'
import { runCheck } from '../conformance/span-store.ts'

// The suite repeats one seed so that it always says the same; here every run has seeds of its own.

t.setTimeout(30 * 60_000)
const given = process.env['SPANGATE_TEST_SEED']
const first = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given)
t.comment(`SPANGATE_TEST_SEED=${first}`)

const retentionMs = 72 * 3_600_000
const rounds = given === undefined ? 40 : 1

for (let round = 0; round < rounds; round += 1) {
  const seed = (first + round) % 2 ** 32
  for (const check of random) {
    t.test(`${check.name}, seed ${seed}`, () =>
      runCheck(check, async () => referenceStore(retentionMs), {
        retentionMs,
        random: { seed, spans: 1500, queries: 300 },
      }),
    )
  }
}
