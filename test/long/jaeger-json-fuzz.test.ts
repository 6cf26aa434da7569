import t from 'tap'
import { jaegerJsonTarget } from '../fuzz/jaeger-json-target.ts'
import { checkMillion } from '../fuzz/long-run.ts'

t.test('decodeTraces() takes or refuses a million changed documents', async (t) => {
  checkMillion(t, jaegerJsonTarget)
})
