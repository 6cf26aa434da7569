import type { JaegerVersion } from '../../../../src/stores/cassandra/jaeger/table-facts.ts'
import {
  jaegerMigrations,
  qualified,
  tableOf,
} from '../../../../src/stores/cassandra/schema/migration-files.ts'
import type { TestCluster } from '../test-cluster.ts'

/**
 * Makes a keyspace as a version of Jaeger does, without a ledger.
 *
 * Source: jaeger v2.20.0, internal/storage/v1/cassandra/schema, v001 to v004.
 */
export async function makeJaegerKeyspace(
  { session, keyspace }: TestCluster,
  version: JaegerVersion,
): Promise<void> {
  const run = (statement: string) => session.raw('Cannot prepare', statement)
  await run(
    `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  )
  const older = version === 'v001' ? 'v001 v002' : version === 'v002' ? 'v002' : ''
  for (const { statements } of jaegerMigrations()) {
    for (const statement of statements) {
      const table = tableOf(statement)
      if (older !== '' && table === 'operation_names_v2') {
        await run(
          `CREATE TABLE ${keyspace}.operation_names (service_name text, operation_name text, PRIMARY KEY ((service_name), operation_name))`,
        )
      } else if (older === 'v001 v002' && table === 'dependencies_v2') {
        await run(
          `CREATE TABLE ${keyspace}.dependencies (ts timestamp, ts_index timestamp, dependencies list<frozen<dependency>>, PRIMARY KEY (ts))`,
        )
      } else await run(qualified(asOf(version, statement), keyspace))
    }
  }
}

function asOf(version: JaegerVersion, statement: string): string {
  if (version === 'v004') return statement
  const loose = statement.replace(/frozen<list<frozen<keyvalue>>>/g, 'list<frozen<keyvalue>>')
  return version === 'v001' ? loose.replace(/,\s*source text/, '') : loose
}
