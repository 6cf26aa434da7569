import t from 'tap'
import { jaegerProtoTarget } from '../fuzz/jaeger-proto-target.ts'
import { checkMillion } from '../fuzz/long-run.ts'

t.test('decodePostSpansRequest() takes or refuses a million changed requests', async (t) => {
  checkMillion(t, jaegerProtoTarget)
})
