import type { Test } from 'tap'
import t from 'tap'
import type { Span } from '../../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../../bridge/otlp/batch-objects.ts'
import type { SpanStore } from '../../../../src/ports/span-store.ts'
import { patience } from '../../../conformance/answer.ts'
import {
  attributesOf,
  sampleBatch,
  sampleGroup,
  sampleSpan,
  spanIdOf,
  traceIdOf,
} from '../../../conformance/sample.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import { lateCassandra } from '../../../servers/late-cassandra.ts'
import { openTestStore, testCluster } from '../test-cluster.ts'

t.setTimeout(300_000)
const needs = needsCassandra()

const none = { droppedAttributesCount: 0 }
/** In no index, so that it is in the rows of spans alone. */
const marker = 'late '.repeat(100)
const attributes = { first: marker, second: 2n }

// A list has an element more for each time that it is inserted with the same time of writing.
for (const ids of [[1], [1, 2]]) {
  const some = `${ids.length} span${ids.length > 1 ? 's in a batch' : ''}`
  t.test(`write() that was late and is tried again stores ${some} once`, needs, async (t) => {
    const { store, times } = await storeWithLateWrites(t)
    await store.write('', spansOf(ids), patience)
    t.equal(times(), 3)
    await checkSpans(t, store.trace('', { traceId: traceIdOf(1) }, patience), ids.length)
  })

  t.test(`archive.write() that was late stores ${some} once`, needs, async (t) => {
    const { store, times } = await storeWithLateWrites(t)
    await store.archive?.write('', spansOf(ids), patience)
    t.equal(times(), 3)
    await checkSpans(t, store.archive?.trace('', traceIdOf(1), patience) ?? [], ids.length)
  })
}

/** Of the rows of its spans the first two writes are said to have been late; `times` says how often they were done. */
async function storeWithLateWrites(
  t: Test,
): Promise<{ readonly store: SpanStore; readonly times: () => number }> {
  const { port, keyspace, session } = await testCluster(t)
  t.teardown(() => session.raw('Cannot clean up', `DROP KEYSPACE IF EXISTS ${keyspace}_archive`))
  let times = 0
  const proxy = await lateCassandra(t, port, (frame) => frame.includes(marker) && times++ < 2)
  const store = await openTestStore(
    `cassandra://127.0.0.1:${proxy}/${keyspace}?layout=jaeger&archive=${keyspace}_archive&migrate=auto`,
  )
  t.teardown(() => store.close())
  return { store, times: () => times }
}

function spansOf(ids: readonly number[]): SpanBatch {
  const event = { name: 'e', timeUnixNano: 1000n, attributes: [], ...none }
  const link = {
    traceId: traceIdOf(9),
    spanId: spanIdOf(8),
    traceState: '',
    attributes: [],
    flags: 0,
  }
  const spans = ids.map((id) =>
    sampleSpan({ trace: 1, id, attributes, events: [event], links: [{ ...link, ...none }] }),
  )
  return sampleBatch([sampleGroup(spans)], Date.now())
}

async function checkSpans(
  t: Test,
  parts: AsyncIterable<SpanBatch> | readonly SpanBatch[],
  count: number,
): Promise<void> {
  const found: Span[] = []
  for await (const part of parts) {
    for (const { spans } of groupsOf(part)) found.push(...spans)
  }
  t.equal(found.length, count)
  for (const span of found) {
    t.same(span.attributes, attributesOf(attributes))
    t.equal(span.events.length, 1)
    t.equal(span.links.length, 1)
  }
}
