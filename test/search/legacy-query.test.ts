import t from 'tap'
import { checkQuery } from '../../src/search/check-query.ts'
import { queryOfLegacy } from '../../src/search/legacy-query.ts'

// What the predicates find is in test/conformance/legacy.ts, which runs on every store.

t.test('queryOfLegacy() without predicates has no filter', async (t) => {
  t.same(queryOfLegacy({ limit: 5 }), { limit: 5 })
  t.same(queryOfLegacy({ service: '', operation: '', attributes: new Map(), limit: 5 }), {
    limit: 5,
  })
})

t.test('queryOfLegacy() keeps the window and a single condition as it is', async (t) => {
  t.match(queryOfLegacy({ service: 'shop', minMicros: 1, maxMicros: 2, limit: 5 }), {
    minMicros: 1,
    maxMicros: 2,
    filter: { op: 'eq', args: [{ level: 'resource', name: 'service' }, { value: 'shop' }] },
  })
})

t.test('queryOfLegacy() gives queries that pass checkQuery(), whatever people type', async (t) => {
  const keys = ['error', 'span.kind', 'span.status', 'otel.status_code', 'scope.name', 'resource.']
  for (const key of [...keys, 'resource.x', 'scope.version', 'plain']) {
    for (const value of ['', 'true', 'false', 'nonsense', 'ERROR', 'Server', '500']) {
      const attributes = new Map([[key, value]])
      const query = queryOfLegacy({
        service: 's',
        operation: 'o',
        attributes,
        durationMinNano: 0n,
        durationMaxNano: 2n ** 63n,
        limit: 1,
      })
      t.doesNotThrow(() => checkQuery(query), `${key}=${value}`)
    }
  }
})
