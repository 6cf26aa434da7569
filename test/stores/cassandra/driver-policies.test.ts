import cassandra from 'cassandra-driver'
import t from 'tap'
import {
  IdempotentRetries,
  SpeculativeReads,
} from '../../../src/stores/cassandra/driver-policies.ts'

const { localQuorum } = cassandra.types.consistencies
const base = new cassandra.policies.retry.RetryPolicy()
const rethrow = base.rethrowResult().decision
const retry = base.retryResult(localQuorum).decision

t.test('SpeculativeReads asks once more for a read, never for a write', async (t) => {
  const policy = new SpeculativeReads(40)
  const read = policy.newPlan('k', 'SELECT spans FROM trace_part')
  t.same([read.nextExecution(), read.nextExecution()], [40, -1])
  t.equal(policy.newPlan('k', 'INSERT INTO tail').nextExecution(), -1)
  t.equal(policy.newPlan('k', [{}, {}]).nextExecution(), -1)
})

t.test('IdempotentRetries tries twice again, a late write by the same node', async (t) => {
  const policy = new IdempotentRetries()
  const operation = (nbRetry: number) =>
    ({ nbRetry }) as Parameters<IdempotentRetries['onRequestError']>[0]
  for (const [method, useCurrentHost] of [
    ['onWriteTimeout', true],
    ['onRequestError', false],
    ['onUnavailable', false],
  ] as const) {
    for (const nbRetry of [0, 1]) {
      const decision = policy[method](operation(nbRetry), localQuorum)
      t.match(decision, { decision: retry, consistency: localQuorum, useCurrentHost }, method)
    }
    t.equal(policy[method](operation(2), localQuorum).decision, rethrow)
  }
})
