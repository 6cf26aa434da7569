import t from 'tap'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { builtInFields } from '../../src/ports/span-query.ts'
import { checkQuery } from '../../src/search/check-query.ts'
import { compileFilter } from '../../src/search/match-span.ts'
import { any, attr, call, durationNano, field, int, nested, string } from '../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../conformance/sample.ts'

// What every operator means is in test/conformance/operators.ts, which runs on every store.

t.test('compileFilter() without filter matches every span', async (t) => {
  t.ok(compileFilter(undefined)(oneSpan(), 0))
})

t.test('compileFilter() decodes nothing when columns decide', async (t) => {
  const batch = withoutBodies(oneSpan())
  const decides = (filter: Parameters<typeof compileFilter>[0]): boolean =>
    compileFilter(filter)(batch, 0)
  t.ok(decides(call('eq', field('span', 'name'), string('read'))))
  t.ok(decides(call('eq', field('span', 'kind'), string('server'))))
  t.ok(decides(call('eq', field('span', 'status'), string('unset'))))
  t.ok(decides(call('gte', field('span', 'duration'), durationNano(1_000n))))
  // The cheap condition comes first, wherever it stands.
  const wrongName = call('eq', field('span', 'name'), string('write'))
  t.notOk(decides(call('and', call('exists', field('span', 'traceState')), wrongName)))
  // A key that the bytes do not hold is no attribute.
  t.notOk(decides(call('eq', attr('span', 'absent'), any('v'))))
})

t.test('compileFilter() goes from batch to batch', async (t) => {
  const [first, second] = [oneSpan('a'), oneSpan('b')]
  const matches = compileFilter(call('eq', attr('resource', 'host'), string('b')))
  t.notOk(matches(first, 0))
  t.ok(matches(second, 0))
  t.notOk(matches(first, 0))
})

t.test('compileFilter() forgets what some() has bound, also when a condition throws', async (t) => {
  const events = ['x', 'y'].map((name) => ({
    name,
    timeUnixNano: 1n,
    attributes: [],
    droppedAttributesCount: 0,
  }))
  const span = { ...sampleSpan({ trace: 1, id: 1 }), events }
  const batch = sampleBatch([sampleGroup([span])], 0)
  const isX = call('eq', field('event', 'name'), string('x'))
  const isY = call('eq', field('event', 'name'), string('y'))
  const bound = call('some', nested('event'), isX)
  t.ok(compileFilter(call('and', bound, isY))(batch, 0))
  t.ok(
    compileFilter(
      call('and', bound, call('not', call('some', nested('event'), call('and', isX, isY)))),
    )(batch, 0),
  )
})

t.test('compileFilter() looks with an expression at the first 65,536 characters', async (t) => {
  const text = `${'x'.repeat(65_535)}yz`
  const span = sampleSpan({ trace: 1, id: 1, attributes: { text } })
  const batch = sampleBatch([sampleGroup([span])], 0)
  t.ok(compileFilter(call('regex', attr('span', 'text'), string('y')))(batch, 0))
  t.notOk(compileFilter(call('regex', attr('span', 'text'), string('z')))(batch, 0))
})

t.test('compileFilter() knows every built-in field of every level', async (t) => {
  const batch = oneSpan()
  for (const level of ['span', 'resource', 'scope', 'event', 'link'] as const) {
    for (const name of builtInFields[level]) {
      const filter = call('exists', field(level, name))
      t.doesNotThrow(() => {
        checkQuery({ limit: 1, filter })
        compileFilter(filter)(batch, 0)
      }, `${level}.${name}`)
    }
  }
})

t.test('compileFilter() refuses a tree that no check has seen', async (t) => {
  t.throws(() => compileFilter(call('eq', field('span', 'nothing'), int(1n))), TypeError)
  t.throws(() => compileFilter(call('in', attr('', 'a'), int(1n))), TypeError)
  t.throws(() => compileFilter(call('and', attr('', 'a'))), TypeError)
})

function oneSpan(host = 'a'): SpanBatch {
  const span = sampleSpan({ trace: 1, id: 1, name: 'read', kind: 2, attributes: { key: 'v' } })
  return sampleBatch([sampleGroup([span], { resource: { host } })], 0)
}

/** The same batch with every byte of it broken but the names and the service. */
function withoutBodies(batch: SpanBatch): SpanBatch {
  const bytes = new Uint8Array(batch.bytes.length).fill(0xff)
  for (const text of ['read', 'shop']) {
    for (let at = 0; ; at += 1) {
      at = Buffer.from(batch.bytes).indexOf(text, at)
      if (at === -1) break
      bytes.set(Buffer.from(text), at)
    }
  }
  return { ...batch, bytes }
}
