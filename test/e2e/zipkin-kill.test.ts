import t from 'tap'
import { hexOf } from '../../bridge/model/identifier.ts'
import { spanIdOf, traceIdOf } from '../conformance/sample.ts'
import { paddingOf } from '../padding.ts'
import type { RequestSpans } from './export-load.ts'
import { httpLoadClient } from './http-load-client.ts'
import { outliveKills } from './outlive-kills.ts'

// Six starts of the program, and reading everything back.
t.setTimeout(180_000)

/** A list of spans in v2 JSON. */
function encode({ trace, firstId, count, padding = 0 }: RequestSpans): Uint8Array {
  const timestamp = Date.now() * 1000
  const spans = Array.from({ length: count }, (_, at) => ({
    traceId: hexOf(traceIdOf(trace)),
    id: hexOf(spanIdOf(firstId + at)),
    name: 'operation',
    timestamp,
    duration: 1000,
    localEndpoint: { serviceName: 'shop' },
    tags: { padding: paddingOf(trace * 1000 + firstId + at, padding) },
  }))
  return Buffer.from(JSON.stringify(spans))
}

t.test('every span that Zipkin clients were told is stored outlives six kill -9', async (t) => {
  await outliveKills(t, {
    kills: 6,
    address: ({ zipkinHttp }) => zipkinHttp,
    connect: httpLoadClient({
      path: '/api/v2/spans',
      contentType: 'application/json',
      encode,
      success: 202,
    }),
  })
})
