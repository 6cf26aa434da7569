import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { admin } from '../e2e/admin-client.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import type { PeerName } from './peers.ts'
import { needs } from './peers.ts'
import type { JaegerSpan, Tag } from './sent-spans.ts'
import { inOrder, query, send, traceIds } from './sent-spans.ts'

const gateway = await GatewayProcess.start()
t.teardown(() => gateway.stop())
const { jaegerUdpCompact, jaegerUdpBinary, queryGrpc, admin: adminAddress } = await gateway.ready()

const clients = {
  'Python 4.8.0 by the compact protocol': {
    program: 'jaeger-client-python',
    endpoint: jaegerUdpCompact,
    receiver: 'jaeger_udp_compact',
  },
  'Node 3.19.0 by the binary protocol': {
    program: 'jaeger-client-node',
    endpoint: jaegerUdpBinary,
    receiver: 'jaeger_udp_binary',
  },
} as const satisfies Record<
  string,
  { readonly program: PeerName; readonly endpoint: string; readonly receiver: string }
>

const byKey = (tags: readonly Tag[]) => [...tags].sort((a, b) => (a.key < b.key ? -1 : 1))

/** A sent span as api_v2 answers it: README.md of bridge/jaeger-proto says what changes. */
function asAnswered(span: JaegerSpan): JaegerSpan {
  const failed = span.tags.some((tag) => tag.key === 'error' && tag.value['bool'] === true)
  const status = { key: 'otel.status_code', value: { string: 'ERROR' } }
  const tags = failed ? [...span.tags, status] : span.tags
  return {
    ...span,
    tags: byKey(tags),
    process: { ...span.process, tags: byKey(span.process.tags.map(processTag)) },
  }
}

function processTag({ key, value }: Tag): Tag {
  if (key === 'hostname') return { key: 'host.name', value }
  if (key !== 'jaeger.version') return { key, value }
  return { key: 'opencensus.exporterversion', value: { string: `Jaeger-${value['string']}` } }
}

function withSortedTags(span: JaegerSpan): JaegerSpan {
  const process = { ...span.process, tags: byKey(span.process.tags) }
  return { ...span, tags: byKey(span.tags), process }
}

/** Nobody answers a datagram, so its counter is waited for. */
async function stored(receiver: string, spans: number): Promise<string> {
  const line = `spangate_spans_stored_total{receiver="${receiver}",format="jaeger_thrift"} ${spans}`
  for (let tries = 0; tries < 200; tries++) {
    const { body } = await admin(adminAddress, '/metrics')
    if (body.split('\n').includes(line)) return body
    await sleep(50)
  }
  throw new Error(`${receiver} did not store ${spans} spans in 10 s\n${gateway.stderr}`)
}

for (const [name, { program, endpoint, receiver }] of Object.entries(clients)) {
  t.test(
    `api_v2.GetTrace answers what Jaeger's client for ${name} sent`,
    needs(program, 'jaeger-query'),
    async (t) => {
      const startMs = Math.floor(Date.now() / 1000) * 1000 - 60_000
      const sending = { endpoint, run: program, traces: 4, startMs, gzip: false }
      const sent = await send<JaegerSpan>(program, sending)
      t.equal(sent.length, 12, 'four traces of three spans')
      const metrics = await stored(receiver, sent.length)
      for (const traceId of traceIds(sent)) {
        const found = await query<JaegerSpan>('v2', queryGrpc, 'trace', traceId)
        const expected = sent.filter((span) => span.traceId === traceId)
        t.strictSame(
          inOrder(found.spans ?? []).map(withSortedTags),
          inOrder(expected).map(asAnswered),
          traceId,
        )
      }
      const refused = metrics
        .split('\n')
        .filter((line) => /^spangate_(requests_refused|fields_skipped)/.test(line))
      t.same(refused, [], 'nothing was lost')
    },
  )
}
