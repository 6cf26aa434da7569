import t from 'tap'
import { checkRoundTrip, roundTripFormats } from '../bridge/round-trip/check-round-trips.ts'
import { fuzzSettings } from '../fuzz/run-fuzz.ts'

const { inputs, seed } = fuzzSettings(2000)

for (const first of roundTripFormats) {
  for (const second of roundTripFormats) {
    t.test(`many random spans keep what the tables say, by ${first} and ${second}`, async (t) => {
      for (let at = 0; at < inputs; at++) checkRoundTrip(first, second, seed + at, 10)
      t.pass(`SPANGATE_FUZZ_SEED=${seed}`)
    })
  }
}
