import t from 'tap'
import { checkMillion } from '../fuzz/long-run.ts'
import { otlpTarget } from '../fuzz/otlp-target.ts'

t.test('decodeRequest() takes or refuses a million changed requests', async (t) => {
  checkMillion(t, otlpTarget)
})
