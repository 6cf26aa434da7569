import cassandra from 'cassandra-driver'
import t from 'tap'
import {
  clusterFailure,
  isTableGone,
  isUnknownTable,
} from '../../../src/stores/cassandra/cluster-failure.ts'

const { responseErrorCodes } = cassandra.types

function answer(code: number, message: string): Error {
  return new cassandra.errors.ResponseError(code, message)
}

// As nodes of 5.0.9 have said it.
const oversized = [
  'Request is too big: length 17301560 exceeds maximum allowed length 16777216.',
  'Rejected an oversized mutation (17400060/16777216) for keyspace: x. Top keys are: l.1',
] as const

for (const message of oversized) {
  t.test(`clusterFailure() of "${message.slice(0, 30)}" is a refusal for good`, async (t) => {
    const inner = { '127.0.0.1:9042': answer(responseErrorCodes.invalid, message) }
    for (const error of [
      answer(responseErrorCodes.invalid, message),
      new cassandra.errors.NoHostAvailableError(inner, 'All host(s) tried for query failed'),
    ]) {
      t.match(clusterFailure('Cannot store spans', error), {
        code: 'too_large',
        retryable: false,
        message:
          /^Cannot store spans: a row has 17\d{6} bytes, Cassandra takes at most 16777216 \(its \w+\)$/,
      })
    }
  })
}

t.test('clusterFailure() of another invalid statement is for an operator', async (t) => {
  const error = answer(responseErrorCodes.invalid, 'unconfigured table tail')
  t.match(clusterFailure('Cannot store spans', error), { code: 'store_unusable' })
  t.ok(isUnknownTable(clusterFailure('Cannot read', error)))
})

t.test('isUnknownTable() knows a table that is being made', async (t) => {
  const made = answer(
    responseErrorCodes.serverError,
    'java.lang.IllegalArgumentException: Unknown CF 751fb775-063a-5d78-8d9b-59b21dcd585d',
  )
  t.ok(isUnknownTable(clusterFailure('Cannot read', made)))
  const other = answer(responseErrorCodes.serverError, 'java.lang.RuntimeException: disk')
  t.notOk(isUnknownTable(clusterFailure('Cannot read', other)))
})

t.test('clusterFailure() says who has to do what', async (t) => {
  for (const [name, message, wanted] of [
    ['unavailableException', 'Not enough replicas available', 'too few replicas are up'],
    ['writeTimeout', 'Operation timed out', 'replicas of Cassandra were late'],
    ['unprepared', 'Prepared query with ID 1 not found', '"spangate schema verify" looks'],
    ['isBootstrapping', 'Cannot read from a bootstrapping node', 'Cassandra is away'],
  ] as const) {
    const inner = { '127.0.0.1:9042': answer(responseErrorCodes[name], message) }
    const failure = clusterFailure('Cannot', new cassandra.errors.NoHostAvailableError(inner, ''))
    t.match(failure, { code: 'store_unavailable', retryable: true }, name)
    t.match(failure.message, wanted)
    t.match(failure.message, `(${message})`)
  }
  for (const [name, message, wanted] of [
    ['invalid', 'Batch too large', 'a limit of the cluster forbids it (Batch too large)'],
    ['invalid', 'unconfigured table traces', 'a table is missing or is another one'],
    ['configError', 'Unrecognized strategy option {x}', 'replication= of the address'],
    ['badCredentials', 'Bad credentials', 'user:password@ of the address is wrong or missing'],
  ] as const) {
    const failure = clusterFailure('Cannot', answer(responseErrorCodes[name], message))
    t.match(failure, { code: 'store_unusable', retryable: false }, name)
    t.match(failure.message, wanted)
  }
})

t.test('isTableGone() knows tables that were dropped under prepared statements', async (t) => {
  const gone = (code: number) => isTableGone(clusterFailure('Cannot', answer(code, '')))
  t.ok(gone(responseErrorCodes.unprepared))
  t.ok(gone(responseErrorCodes.invalid))
  t.notOk(gone(responseErrorCodes.writeTimeout))
  t.notOk(isTableGone(new Error('other')))
})
