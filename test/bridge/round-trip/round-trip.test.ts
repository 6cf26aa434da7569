import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fuzzSettings } from '../../fuzz/run-fuzz.ts'
import { projectRoot } from '../../project-root.ts'
import { checkRoundTrip, roundTripFormats } from './check-round-trips.ts'
import { formatLosses } from './losses.ts'

const { inputs, seed } = fuzzSettings(6)

for (const first of roundTripFormats) {
  for (const second of roundTripFormats) {
    t.test(`random spans keep what the tables say, by ${first} and then ${second}`, async (t) => {
      for (let at = 0; at < inputs; at++) checkRoundTrip(first, second, seed + at, 10)
      t.pass(`SPANGATE_FUZZ_SEED=${seed}`)
    })
  }
}

t.test('every kind of loss is in the README of its format', async (t) => {
  for (const { without, readme } of Object.values(formatLosses)) {
    const text = readFileSync(join(projectRoot, `bridge/${readme}/README.md`), 'utf8')
    for (const kind of Object.keys(without))
      t.ok(text.includes(`\`${kind}\``), `${readme}: ${kind}`)
  }
})
