import t from 'tap'
import { needsCassandra } from '../servers/cassandra-node.ts'
import { outliveNodes } from './outlive-nodes.ts'

// Three nodes share two cores with all else; test/long has this for longer.
t.setTimeout(600_000)

t.test('cassandra: three nodes that come and go', needsCassandra(), async (t) => {
  await outliveNodes(t, { loadMs: 30_000, outageMs: 10_000, firstNode: 0, pauseMs: 100 })
})
