import t from 'tap'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { needs, run } from './peers.ts'
import type { SentSpan } from './sent-spans.ts'
import { inOrder, query, send, traceIds } from './sent-spans.ts'

for (const protocol of ['http/protobuf', 'http/json'] as const) {
  t.test(
    `GetTrace answers every span that a page in a browser sent over ${protocol}`,
    needs('otlp-sdk-browser', 'jaeger-query'),
    async (t) => {
      const gateway = await GatewayProcess.start({
        args: ['--otlp.http.cors.allowed-origins', 'http://127.0.0.1:*'],
      })
      t.teardown(() => gateway.stop())
      const { otlpHttp: endpoint, queryGrpc } = await gateway.ready()
      const sent = await send<SentSpan>('otlp-sdk-browser', {
        endpoint,
        protocol,
        run: `browser-${protocol}`,
        traces: 3,
        startMs: Date.now() - 60_000,
        gzip: false,
      })
      t.equal(sent.length, 12, 'three traces of four spans')
      t.equal(traceIds(sent).length, 3)
      for (const traceId of traceIds(sent)) {
        const found = await query<SentSpan>('v3', queryGrpc, 'trace', traceId)
        const expected = sent.filter((span) => span.traceId === traceId)
        t.strictSame(inOrder(found.spans ?? []), inOrder(expected))
      }
    },
  )
}

t.test(
  'a page of an origin that is not allowed sends nothing, and its console says why',
  needs('otlp-sdk-browser', 'jaeger-query'),
  async (t) => {
    const gateway = await GatewayProcess.start({
      args: ['--otlp.http.cors.allowed-origins', 'https://shop.example'],
    })
    t.teardown(() => gateway.stop())
    const { otlpHttp, queryGrpc } = await gateway.ready()
    const flags = ['--endpoint', otlpHttp, '--protocol', 'http/json', '--run', 'not-allowed']
    const { code, stderr } = await run('otlp-sdk-browser', flags)
    t.equal(code, 1)
    t.match(stderr, /blocked by CORS policy/)
    const { services } = await query<SentSpan>('v3', queryGrpc, 'services')
    t.strictSame(services ?? [], [])
  },
)
