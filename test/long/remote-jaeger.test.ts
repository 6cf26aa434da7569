import t from 'tap'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../src/ports/span-query.ts'
import type { Found, SpanStore } from '../../src/ports/span-store.ts'
import { patience } from '../conformance/answer.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { keeping, spanStoreConformance } from '../conformance/span-store.ts'
import { needsJaeger, startJaegerStorage } from '../servers/jaeger-storage.ts'
import { plain } from '../stores/remote/plain-spans.ts'
import { openOver } from '../stores/remote/start-remote-host.ts'

// A real Jaeger 2.13 as the remote storage, with a tenant for each check. It writes spans in its own way, so
// both what was written and what is read are written anew before they are compared; and its searches cannot
// find every kind of value (docs/remote-storage.md), so spans have only those that they can.

t.setTimeout(30 * 60_000)

const exempt = new Map([
  [
    'find() finds error=true by status or attribute, and error=false by neither',
    'a Jaeger takes error=true for the status alone',
  ],
  [
    'trace() reads 100,000 spans in parts of at most 1 MiB and in bounded memory',
    'a Jaeger sends a trace in one message',
  ],
])

t.test('RemoteStore over a Jaeger 2.13 fills the port', needsJaeger(), async (t) => {
  const address = await startJaegerStorage(t)
  const tenants = new Map<SpanStore, string>()
  const openAs = async (tenant: string): Promise<SpanStore> => {
    const store = overJaeger(await openOver(`${address}?tenant=${tenant}`))
    tenants.set(store, tenant)
    return store
  }
  const open = (): Promise<SpanStore> => openAs(`check-${tenants.size}`)
  const reopen = async (store: SpanStore): Promise<SpanStore> => {
    await store.close()
    return openAs(tenants.get(store) ?? '')
  }
  await spanStoreConformance(t, open, {
    kept: plain,
    reopen,
    exempt,
    random: { queries: 200, spans: 1500 },
  })
})

t.test('links between services are those that a Jaeger finds', needsJaeger(), async (t) => {
  const store = await openOver(`${await startJaegerStorage(t)}?tenant=links`)
  t.teardown(() => store.close())
  const startMicros = Date.now() * 1000 - 5_000_000
  const span = (id: number, parent?: number) =>
    sampleSpan({ trace: 1, id, startMicros, ...(parent === undefined ? {} : { parent }) })
  const groups = [
    sampleGroup([span(1)], { service: 'front' }),
    sampleGroup([span(2, 1), span(3, 1)], { service: 'cart' }),
  ]
  await store.write('', sampleBatch(groups, Date.now()), patience)
  const window = { startMs: Date.now() - 60_000, endMs: Date.now() + 60_000 }
  t.same(await store.dependencies?.links('', window), [
    { parent: 'front', child: 'cart', source: '', callCount: 2 },
  ])
})

/** After all spans of the checks. A search without an end of its time ends a day from now over a Jaeger. */
const endMicros = 4_200_000_000_000_000

function ending(query: SpanQuery): SpanQuery {
  return { maxMicros: endMicros, ...query }
}

/** The store, given what a Jaeger can find, and giving what it keeps as it was written. */
function overJaeger(store: SpanStore): SpanStore {
  async function* plainly(parts: AsyncIterable<SpanBatch>): AsyncGenerator<SpanBatch> {
    for await (const part of parts) yield plain(part)
  }
  async function* foundPlainly(items: AsyncIterable<Found>): AsyncGenerator<Found> {
    for await (const item of items) {
      yield item.kind === 'end' ? item : { ...item, parts: () => plainly(item.parts()) }
    }
  }
  return {
    ...keeping(store, plain),
    cannot: new Map([
      ...store.cannot,
      ['every_field', 'values that are no text, number or boolean are not found'],
    ]),
    trace: (...given) => plainly(store.trace(...given)),
    find: (tenant, query, signal) => foundPlainly(store.find(tenant, ending(query), signal)),
    summaries: (tenant, query, signal) => store.summaries(tenant, ending(query), signal),
  }
}
