import t from 'tap'
import { operators } from '../../src/ports/span-query.ts'
import { Chance } from '../conformance/generate.ts'
import { needsCassandra } from '../servers/cassandra-node.ts'
import { compareStores, jaegerStores, localStores } from './compare-stores.ts'
import { everyShape, queriesOf } from './generated-queries.ts'

// Repeat a failure with SPANGATE_TEST_SEED=. test/long asks the same of 20,000 spans.

t.setTimeout(170_000)
const seed = Number(process.env['SPANGATE_TEST_SEED'] ?? 20_261_130)

t.test('queriesOf() holds every operator, and every shape once', async (t) => {
  const world = { chance: new Chance(seed), arrivalUnixMs: Date.now(), traces: 100 }
  const shapes = everyShape(world)
  const text = textOf(queriesOf(shapes, 200, world))
  for (const operator of operators) t.ok(text.includes(`"op":"${operator}"`), operator)
  for (const { name, condition } of shapes) {
    if (!text.includes(textOf(condition))) t.fail(`no query has ${name}`)
  }
  t.ok(shapes.length > 400, 'and several conditions each')
})

t.test('every store answers 200 generated queries as the oracle does', (t) =>
  compareStores(t, { seed, spans: 1500, queries: 200, set: localStores }),
)

t.test("Jaeger's tables answer 50 generated queries as memory does", needsCassandra(), (t) =>
  compareStores(t, { seed, spans: 400, queries: 50, set: jaegerStores }),
)

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner))
}
