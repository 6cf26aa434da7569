import t from 'tap'
import { thriftBatchTarget } from '../fuzz/jaeger-thrift-target.ts'
import { checkMillion } from '../fuzz/long-run.ts'

for (const protocol of ['compact', 'binary'] as const) {
  t.test(`decodeThriftBatch() takes or refuses a million changed ${protocol} bodies`, async (t) => {
    checkMillion(t, thriftBatchTarget(protocol))
  })
}
