import t from 'tap'
import { allStores, compareStores, everySpanStores, localStores } from '../search/compare-stores.ts'
import { needsCassandra } from '../servers/cassandra-node.ts'

// The suite asks the same of fewer spans.

t.setTimeout(60 * 60_000)
const given = process.env['SPANGATE_TEST_SEED']
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given)

t.test(`every store answers 200 generated queries over 20,000 spans alike, seed ${seed}`, (t) =>
  compareStores(t, {
    seed,
    spans: 20_000,
    queries: 200,
    set: needsCassandra().skip ? localStores : everySpanStores,
  }),
)

t.test(`and so do they over what Jaeger's tables hold, seed ${seed}`, needsCassandra(), (t) =>
  compareStores(t, { seed, spans: 20_000, queries: 200, set: allStores }),
)
