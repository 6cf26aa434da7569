import t from 'tap'
import { encodeThriftBatches } from '../../bridge/jaeger-thrift/encode-batches.ts'
import { requestGroup } from './export-load.ts'
import { httpLoadClient } from './http-load-client.ts'
import { outliveKills } from './outlive-kills.ts'

// Dozens of starts of the program, and reading everything back.
t.setTimeout(600_000)

t.test('every span that OTLP clients were told is stored outlives twenty kill -9', async (t) => {
  await outliveKills(t, { kills: 20, address: ({ otlpGrpc }) => otlpGrpc })
})

t.test(
  'every span that clients of Jaeger Thrift over HTTP were told is stored outlives five kill -9',
  async (t) => {
    await outliveKills(t, {
      kills: 5,
      address: ({ jaegerHttp }) => jaegerHttp,
      connect: httpLoadClient({
        path: '/api/traces?format=jaeger.thrift',
        contentType: 'application/x-thrift',
        success: 202,
        encode: (spans) => {
          const { batches } = encodeThriftBatches([requestGroup(spans)], 'binary')
          return batches[0] ?? new Uint8Array()
        },
      }),
    })
  },
)
