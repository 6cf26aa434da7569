import t from 'tap'
import { jaegerThriftTarget } from '../fuzz/jaeger-thrift-target.ts'
import { checkMillion } from '../fuzz/long-run.ts'

for (const protocol of ['compact', 'binary'] as const) {
  t.test(`writeMessage() takes or refuses a million changed ${protocol} datagrams`, async (t) => {
    checkMillion(t, jaegerThriftTarget(protocol))
  })
}
