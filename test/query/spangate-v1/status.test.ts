import t from 'tap'
import type { GetStatusResponse__Output } from '../../../proto/gen/spangate/v1/GetStatusResponse.ts'
import { sampleDetails, sampleStatus, sampleUnixMs, viewOf } from '../../status/sample-status.ts'
import { startHttpApi } from '../http-port.ts'
import type { OpenApiDocument } from '../open-api-document.ts'
import { createJudge, endpointsOf } from '../open-api-document.ts'
import { startQuery, unary } from '../query-port.ts'
import { scriptedStore } from '../scripted-store.ts'

const kinds = Object.keys(sampleDetails) as (keyof typeof sampleDetails)[]

/** The sample, with the details of a kind of store. */
function statusOf(kind: keyof typeof sampleDetails) {
  const status = sampleStatus()
  const facts = { ...status.store.facts, details: sampleDetails[kind] }
  return { ...status, store: { ...status.store, facts } }
}

/** An answer of gRPC as HTTP writes it: times as texts, 64-bit integers as numbers. */
function asJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJson)
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value)
  if (typeof value !== 'object' || value === null) return value
  const { seconds, nanos } = value as { readonly seconds?: string; readonly nanos?: number }
  if (seconds !== undefined && nanos !== undefined) {
    return new Date(Number(seconds) * 1000 + nanos / 1e6).toISOString()
  }
  const members = Object.entries(value).filter(
    // Proto-loader adds names of the members of oneofs.
    ([name, member]) => member !== null && name !== 'details' && !name.startsWith('_'),
  )
  return Object.fromEntries(members.map(([name, member]) => [name, asJson(member)]))
}

/** "4" is a text. */
function schemaVersionAsNumber(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json).replace('"schemaVersion":"4"', '"schemaVersion":4'))
}

for (const kind of kinds) {
  t.test(`GetStatus and GET /api/spangate/status tell the same, of ${kind}`, async (t) => {
    const view = viewOf(statusOf(kind))
    const port = await startQuery(t, scriptedStore({}), { status: view })
    const { message, code } = await unary<GetStatusResponse__Output>((done) =>
      port.status.getStatus({}, done),
    )
    t.equal(code, 'OK')
    const { ask } = await startHttpApi(t, scriptedStore({}), { status: view })
    const { status, json } = await ask('/api/spangate/status')
    t.equal(status, 200)
    t.same(schemaVersionAsNumber(json), asJson(message), 'no field is missing in the proto')
    t.match(json, {
      version: '1.2.3',
      state: 'GATEWAY_STATE_READY',
      startTime: new Date(sampleUnixMs - 11_520_000).toISOString(),
      store: {
        writes: { state: 'STORE_STATE_OK', lastError: 'Cannot commit: disk full' },
        retentionSeconds: 259_200,
        [kind]: {},
      },
      listeners: [
        { name: 'otlp.grpc', tls: false, addresses: ['127.0.0.1:4317', '[::1]:4317'] },
        {},
      ],
      receivers: [{ kernelDroppedDatagrams: { total: 4 } }, { receivedSpans: { perSecond: 1020 } }],
      sampling: { failing: false, adaptive: { leader: 'host:123', leaseSeconds: 18 } },
    })
  })
}

t.test('GET /api/spangate/status is as the document says, also when little is known', async (t) => {
  const little = sampleStatus({
    state: 'starting',
    problems: ['It is starting'],
    listeners: [],
    receivers: [],
    store: { ...sampleStatus().store, retentionMs: undefined, facts: undefined },
    sampling: {
      mode: 'file',
      location: undefined,
      services: 0,
      operations: 0,
      changedUnixMs: undefined,
      succeededUnixMs: undefined,
      failure: undefined,
      adaptive: undefined,
    },
  })
  for (const status of [little, ...kinds.map(statusOf)]) {
    const { ask } = await startHttpApi(t, scriptedStore({}), { status: viewOf(status) })
    const document = (await ask('/api/openapi.json')).json as OpenApiDocument
    const endpoint = endpointsOf(document).find(({ path }) => path === '/api/spangate/status')
    if (endpoint === undefined) throw new Error('it is not documented')
    const answer = await ask('/api/spangate/status')
    const type = answer.headers.get('content-type') ?? ''
    t.equal(createJudge(document)(endpoint, { ...answer, type }), undefined)
  }
})
