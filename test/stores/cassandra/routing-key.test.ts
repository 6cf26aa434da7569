import cassandra from 'cassandra-driver'
import t from 'tap'
import { bigintBytes, intBytes, textBytes } from '../../../src/stores/cassandra/cql-bytes.ts'
import { routingKeyOf } from '../../../src/stores/cassandra/routing-key.ts'
import { needsCassandra } from '../../servers/cassandra-node.ts'
import { testCluster } from './test-cluster.ts'

t.test('routingKeyOf() names the partition as Cassandra does', needsCassandra(), async (t) => {
  const { port, keyspace, session } = await testCluster(t)
  const run = (cql: string, values: readonly unknown[] = []) => session.raw('', cql, values)
  await run(
    `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  )
  const client = new cassandra.Client({
    contactPoints: [`127.0.0.1:${port}`],
    localDataCenter: session.datacentre,
  })
  await client.connect()
  t.teardown(() => client.shutdown())
  const keys: Readonly<Record<string, readonly unknown[]>> = {
    'a text': ['cart'],
    'a blob': [Buffer.from('00f1e2d3c4b5a697', 'hex')],
    'two texts': ['cart', 'ä€𝄞'],
    'a text and an int': ['cart', -7],
    'texts and a timestamp': ['', 'x'.repeat(300), new Date(1_790_000_000_123)],
  }
  for (const [at, [what, values]] of Object.entries(keys).entries()) {
    const columns = values.map((value, column) => `c${column} ${typeOf(value)}`)
    const names = values.map((_, column) => `c${column}`).join(', ')
    const table = `${keyspace}.t${at}`
    await run(`CREATE TABLE ${table} (${columns.join(', ')}, v int, PRIMARY KEY ((${names}), v))`)
    const marks = values.map(() => '?').join(', ')
    await run(`INSERT INTO ${table} (${names}, v) VALUES (${marks}, 1)`, values)
    const [row] = await run(`SELECT token(${names}) AS place FROM ${table}`)
    const statement = { name: '', cql: '', partitionKey: values.length }
    const key = routingKeyOf(statement, [...values.map(bytesOf), 'of the row'])
    const token = key && client.metadata.newToken(key)
    t.equal(String(token?.getValue()), String(row?.['place']), what)
  }
  t.equal(routingKeyOf({ name: '', cql: '' }, [Buffer.from('a')]), undefined)
})

function typeOf(value: unknown): string {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'int'
  return value instanceof Date ? 'timestamp' : 'blob'
}

function bytesOf(value: unknown): Buffer {
  if (typeof value === 'string') return textBytes(value)
  if (typeof value === 'number') return intBytes(value)
  return value instanceof Date ? bigintBytes(BigInt(value.getTime())) : (value as Buffer)
}
