import type { Test } from 'tap'
import t from 'tap'
import { hexOf } from '../../bridge/model/identifier.ts'
import type { Span, SpanLink } from '../../bridge/model/span.ts'
import { StatusCode } from '../../bridge/model/span.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import type { SpanQuery } from '../../src/ports/span-query.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { patience, readTrace } from '../conformance/answer.ts'
import { attr, call, durationNano, field, ofService, string } from '../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import type { OpenStore } from '../search/compare-stores.ts'
import {
  batchForJaeger,
  compareStores,
  jaegerStores,
  searchBounds,
} from '../search/compare-stores.ts'
import { needsCassandra } from '../servers/cassandra-node.ts'
import { inCassandra, needsJaeger, startJaegerStorage } from '../servers/jaeger-storage.ts'
import { openTestStore, testCluster } from '../stores/cassandra/test-cluster.ts'
import { plain } from '../stores/remote/plain-spans.ts'
import { openOver } from '../stores/remote/start-remote-host.ts'

// A real Jaeger 2.13 with tables in a real Cassandra as the remote storage. A gateway with the same tables as
// its own store reads what it wrote.

t.setTimeout(30 * 60_000)

const needs = { skip: needsJaeger().skip || needsCassandra().skip }

interface Stores {
  /** By way of a Jaeger. */
  readonly remote: SpanStore
  /** The same tables. */
  readonly tables: SpanStore
}

async function openBoth(t: Test): Promise<Stores> {
  const { address, port, keyspace } = await testCluster(t)
  const tables = await openTestStore(`${address}?layout=jaeger&migrate=auto`, { searchBounds })
  const jaeger = await startJaegerStorage(t, inCassandra(port, keyspace))
  // It writes a statement for each row.
  const remote = await openOver(jaeger, { searchBounds, timeoutMs: 120_000 })
  t.teardown(() => Promise.all([remote.close(), tables.close()]))
  return { remote, tables }
}

t.test('a Jaeger with Cassandra keeps spans, and finds them', needs, async (t) => {
  const { remote, tables } = await openBoth(t)
  const startMicros = Date.now() * 1000 - 60_000_000
  const span = (trace: number, id: number, more: object = {}) =>
    sampleSpan({ trace, id, startMicros: startMicros + trace * 1000 + id, ...more })
  const groups = [
    sampleGroup([span(1, 1), span(1, 2, { parent: 1, attributes: { size: 'large' } })], {
      service: 'cart',
    }),
    sampleGroup([span(2, 1, { name: 'pay', kind: 2 }), span(2, 2, { parent: 1 })], {
      service: 'shop',
    }),
  ]
  await remote.write('', plain(sampleBatch(groups, Date.now())), patience)
  for (const [name, store] of Object.entries({ remote, tables })) {
    t.equal((await readTrace(store, traceIdOf(1))).length, 2, name)
    t.same(await store.services(''), ['cart', 'shop'], name)
    t.ok(
      (await store.operations('', 'shop')).some(({ name: one }) => one === 'pay'),
      name,
    )
  }
  const minMicros = startMicros
  const maxMicros = Date.now() * 1000
  const searches: Readonly<Record<string, [SpanQuery, readonly number[]]>> = {
    'of a service, the newest': [{ limit: 1, filter: ofService('shop') }, [2]],
    'of any service': [{ limit: 9 }, [2, 1]],
    'by an attribute': [
      { limit: 9, filter: call('eq', attr('span', 'size'), string('large')) },
      [1],
    ],
    'by what no index has': [
      { limit: 9, filter: call('regex', field('span', 'name'), string('^pa')) },
      [2],
    ],
    'by a duration that nothing has': [
      {
        limit: 9,
        filter: call('gt', field('span', 'duration'), durationNano(3_600_000_000_000n)),
      },
      [],
    ],
  }
  for (const [name, [query, traces]] of Object.entries(searches)) {
    const ids: string[] = []
    for await (const found of remote.find('', { minMicros, maxMicros, ...query }, patience)) {
      if (found.kind === 'end') t.equal(found.bound, undefined, name)
      else ids.push(hexOf(found.traceId))
    }
    t.same(
      ids,
      traces.map((trace) => hexOf(traceIdOf(trace))),
      name,
    )
  }
})

const given = process.env['SPANGATE_TEST_SEED']
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given)

t.test(`it answers 100 generated queries as memory does, seed ${seed}`, needs, async (t) => {
  const { remote } = await openBoth(t)
  const { memory } = jaegerStores.stores as { readonly memory: OpenStore }
  const taken = new Set<bigint>()
  await compareStores(t, {
    seed,
    spans: 1000,
    queries: 100,
    set: {
      stores: { memory, remote: async () => remote },
      // Memory knows the arrival, and the other need not.
      batchOf: (groups, arrivalUnixMs) => {
        const held = groupsOf(plain(batchForJaeger(groups, arrivalUnixMs)))
        const kept = held.map((group) => ({
          ...group,
          spans: group.spans.map((span) => heldByJaeger(span, taken)),
        }))
        return { ...batchForJaeger(kept, arrivalUnixMs), arrivalUnixMs }
      },
    },
  })
})

/**
 * A span as a Jaeger finds it and gives it back. A row of its index of services is that of a service, a tenth
 * of its spans and a start: of two that are alike in these one has none, so each starts in a microsecond of its own.
 * Where the status is an error, it takes any attribute of that name for it; and of a root that links into its own
 * trace, it takes the link for the parent.
 *
 * @param taken microseconds in which others start
 */
function heldByJaeger(span: Span, taken: Set<bigint>): Span {
  let micros = span.startUnixNano / 1000n
  while (taken.has(micros)) micros += 1n
  taken.add(micros)
  const startUnixNano = micros * 1000n + (span.startUnixNano % 1000n)
  const isError = span.status?.code === StatusCode.error
  const isOwn = ({ traceId }: SpanLink) => Buffer.compare(traceId, span.traceId) === 0
  return {
    ...span,
    startUnixNano,
    endUnixNano: startUnixNano + span.endUnixNano - span.startUnixNano,
    attributes: isError ? span.attributes.filter(({ key }) => key !== 'error') : span.attributes,
    links: span.parentSpanId === undefined ? span.links.filter((link) => !isOwn(link)) : span.links,
  }
}
