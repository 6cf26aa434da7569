import t from 'tap'
import { checkMillion } from '../fuzz/long-run.ts'
import { otlpJsonTarget } from '../fuzz/otlp-json-target.ts'

t.test('decodeJsonRequest() takes or refuses a million changed requests', async (t) => {
  checkMillion(t, otlpJsonTarget)
})
