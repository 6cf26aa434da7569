import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { hexOf } from '../../bridge/model/identifier.ts'
import type { SpanGroup } from '../../bridge/model/span.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeJsonRequest } from '../../bridge/otlp/decode-json.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { encodeTracesData } from '../../bridge/otlp/encode-traces-data.ts'
import { projectRoot } from '../project-root.ts'

// Requests by the names and the field that scopes had before OTLP 0.15, and beside the new ones until
// 0.18, as published packages write them; how is in the folder.
const folder = join(projectRoot, 'test/golden/otlp/former')
const read = (name: string) => readFileSync(join(folder, name))
const options = { arrivalUnixMs: 0 }
const jsonFile = 'former-names.exporter-trace-otlp-http-0.28.0.json'
const protoFile = 'former-field.opentelemetry-proto-1.11.1.bin'

t.test('decodeJsonRequest() reads what the exporter for JavaScript 0.28 posts', async (t) => {
  const decoded = decodeJsonRequest(read(jsonFile), options)
  t.same([decoded.rejected, decoded.skippedFields], [[], undefined])
  t.same([...decoded.repairs], [])
  const [reserve, cart] = groupsOf(decoded.batch) as [SpanGroup, SpanGroup]
  t.match(reserve, {
    resource: {
      attributes: [
        { key: 'service.name', value: { kind: 'string', value: 'shop' } },
        { key: 'telemetry.sdk.language' },
        { key: 'telemetry.sdk.name' },
        { key: 'telemetry.sdk.version', value: { kind: 'string', value: '1.2.0' } },
        { key: 'host.cpus', value: { kind: 'int', value: 8n } },
      ],
    },
    scope: { name: 'xhr', version: '' },
  })
  t.same(cart.resource, reserve.resource)
  t.match(cart.scope, { name: 'fetch', version: '1.2.3' })
  const [client] = reserve.spans
  const [server] = cart.spans
  t.same([reserve.spans.length, cart.spans.length], [1, 1])
  t.match(client, {
    name: 'reserve',
    kind: 3,
    startUnixNano: 1_650_000_000_002_000_100n,
    endUnixNano: 1_650_000_000_003_000_000n,
    status: { code: 2, message: 'no tea left' },
  })
  t.same([client?.parentSpanId, client?.links[0]?.spanId], [server?.spanId, server?.spanId])
  t.equal(hexOf(server?.traceId ?? new Uint8Array()), '0af7651916cd43dd8448eb211c80319c')
  t.match(server, {
    name: 'GET /cart',
    kind: 2,
    parentSpanId: undefined,
    attributes: [
      { key: 'http.route', value: { kind: 'string', value: '/cart' } },
      { key: 'cart.total', value: { kind: 'double', value: 12.5 } },
      { key: 'cart.paid', value: { kind: 'bool', value: true } },
      { key: 'cart.items', value: { kind: 'array', value: [{ value: 'tea' }, { value: 'cup' }] } },
      { key: 'rows', value: { kind: 'int', value: 3n } },
    ],
    events: [{ name: 'loaded', timeUnixNano: 1_650_000_000_001_000_200n }],
  })
})

t.test('decodeRequest() reads field 1000 as the package for Python 1.11 writes it', async (t) => {
  const decoded = decodeRequest(read(protoFile), options)
  t.same([decoded.rejected, decoded.skippedFields], [[], undefined])
  const groups = groupsOf(decoded.batch)
  t.same(
    groups.map(({ resource, scope, scopeSchemaUrl, spans }) => [
      resource?.attributes.map(({ value }) => value?.kind === 'string' && value.value),
      `${scope?.name} ${scope?.version}`,
      scopeSchemaUrl,
      spans.map(({ name }) => name),
    ]),
    [
      [['former'], 'fetch 1.2.3', 'https://x.test/1', ['operation 1']],
      [['former'], 'xhr 1.2.3', 'https://x.test/2', ['operation 2']],
      [['both'], 'new ', '', ['operation 3']],
    ],
    'what is there by both is taken once',
  )
  const again = decodeRequest(encodeTracesData(decoded.batch), options)
  t.same(groupsOf(again.batch), groups)
})
