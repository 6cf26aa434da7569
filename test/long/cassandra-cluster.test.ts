import t from 'tap'
import { outliveNodes } from '../e2e/outlive-nodes.ts'
import { createRandom } from '../fuzz/random.ts'
import { needsCassandra } from '../servers/cassandra-node.ts'

// Five minutes of load in which nodes come and go, one minute without any, and reading all back.
t.setTimeout(30 * 60_000)

t.test('cassandra: three nodes that come and go, for minutes', needsCassandra(), async (t) => {
  const seed = Number(process.env['SPANGATE_TEST_SEED'] ?? 1)
  const firstNode = createRandom(seed).below(3)
  await outliveNodes(t, { loadMs: 300_000, outageMs: 60_000, firstNode, pauseMs: 50 })
})
