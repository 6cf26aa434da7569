import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { parseCassandraAddress } from '../../../src/stores/cassandra/cassandra-address.ts'
import { readSchemaState, requireCurrent } from '../../../src/stores/cassandra/schema/ledger.ts'
import { migrate, planSchema, verifySchema } from '../../../src/stores/cassandra/schema/migrate.ts'
import { nativeMigrations } from '../../../src/stores/cassandra/schema/migration-files.ts'
import { SchemaLock } from '../../../src/stores/cassandra/schema/schema-lock.ts'
import { projectRoot } from '../../project-root.ts'
import { needsCassandra } from '../../servers/cassandra-node.ts'
import type { TestCluster } from './test-cluster.ts'
import { openTestStore, testCluster } from './test-cluster.ts'

t.setTimeout(600_000)
const needs = needsCassandra()
const names = nativeMigrations().map(({ name }) => name)

t.test('migrate() makes everything from nothing, and then nothing more', needs, async (t) => {
  const { session, address, keyspace } = await testCluster(t)
  t.same(await readSchemaState(session, keyspace), { kind: 'no_keyspace' })
  const options = { address: parseCassandraAddress(`${address}?replication=1`) }
  const run = await migrate(session, options)
  t.same(
    run.map(({ name }) => name),
    names,
  )
  t.same(await readSchemaState(session, keyspace), { kind: 'current', version: names.length })
  t.same(await verifySchema(session, keyspace), [])
  t.same(await migrate(session, options), [])
})

t.test('migrate() by two at once: one works, both end well', needs, async (t) => {
  const { session, address, keyspace } = await testCluster(t)
  const options = { address: parseCassandraAddress(address) }
  const runs = await Promise.all([migrate(session, options), migrate(session, options)])
  t.same(
    runs
      .flat()
      .map(({ name }) => name)
      .sort(),
    names,
  )
  t.same(await verifySchema(session, keyspace), [])
})

t.test('migrate() goes on wherever another one was killed', needs, async (t) => {
  const cluster = await testCluster(t)
  const { session, address, keyspace } = cluster
  const options = { address: parseCassandraAddress(address) }
  const statements = nativeMigrations().flatMap((migration) => [
    ...migration.statements.map((text) => /TABLE (?:IF NOT EXISTS )?(\w+)/.exec(text)?.[1] ?? ''),
    `${migration.name} is finished`,
  ])
  const last = statements.at(-1)
  let killed0001 = false
  for (const text of ['CREATE KEYSPACE', 'schema_migration', 'schema_lock', ...statements]) {
    const isTable = /^\w+$/.test(text)
    const leaseSeconds = text === last ? 4 : 60
    const killed = await runKilled(cluster, isTable ? `${keyspace}.${text} ` : text, leaseSeconds)
    t.equal(killed, 'SIGKILL', `a migrator is killed before ${text}`)
    const state = await readSchemaState(session, keyspace)
    t.not(state.kind, 'current')
    t.throws(() => requireCurrent(state, keyspace), { code: 'store_unusable' })
    if (text === 'tail' && !killed0001) {
      killed0001 = true
      t.throws(() => requireCurrent(state, keyspace), {
        message: /is half-migrated: 0001-spans\.cql was begun by .* run "spangate schema migrate"/,
      })
    }
    // As if its lease had ended; that of the last one has to be waited for.
    if (statements.includes(text) && text !== last) {
      const cql = `DELETE FROM ${keyspace}.schema_lock WHERE name = 'migrate' IF EXISTS`
      t.equal((await session.raw('', cql))[0]?.['[applied]'], true)
    }
  }
  await migrate(session, options)
  t.same(await readSchemaState(session, keyspace), { kind: 'current', version: names.length })
  t.same(await verifySchema(session, keyspace), [])
})

t.test('the lock is taken by one, renewed while it is held, and given back', needs, async (t) => {
  const { session, address, keyspace } = await testCluster(t)
  await migrate(session, { address: parseCassandraAddress(address) })
  const lock = await SchemaLock.take(session, keyspace, { leaseSeconds: 4, waitMaxMs: 0 })
  // Others wait for longer than the lease.
  await t.rejects(SchemaLock.take(session, keyspace, { leaseSeconds: 4, waitMaxMs: 6500 }), {
    code: 'store_unavailable',
    message: /is migrating keyspace/,
  })
  lock.check()
  await lock.release()
  const next = await SchemaLock.take(session, keyspace, { leaseSeconds: 4, waitMaxMs: 0 })
  await next.release()
})

t.test('an edited, a newer and a foreign keyspace are refused, by name', needs, async (t) => {
  const { session, address, keyspace } = await testCluster(t)
  const options = { address: parseCassandraAddress(address) }
  await migrate(session, options)
  const ledger = `${keyspace}.schema_migration`
  const [first] = nativeMigrations()

  await session.raw(
    '',
    `UPDATE ${ledger} SET checksum = 'feed' WHERE layout = 'native' AND version = 1`,
  )
  const edited = /was migrated with another 0001-spans\.cql: checksum feed, that of 0001-spans/
  await t.rejects(migrate(session, options), { code: 'store_unusable', message: edited })
  t.match((await verifySchema(session, keyspace)).join(), edited)
  await session.raw(
    '',
    `UPDATE ${ledger} SET checksum = '${first?.checksum}' WHERE layout = 'native' AND version = 1`,
  )
  t.same(await verifySchema(session, keyspace), [])

  await session.raw(
    '',
    `INSERT INTO ${ledger} (layout, version, name) VALUES ('native', 99, '0099-later.cql')`,
  )
  const newer = /is newer than this program: it has had 0099-later\.cql, version 99/
  await t.rejects(migrate(session, options), { code: 'store_unusable', message: newer })
  const state = await readSchemaState(session, keyspace)
  t.throws(() => requireCurrent(state, keyspace), { message: newer })
  await session.raw('', `DELETE FROM ${ledger} WHERE layout = 'native' AND version = 99`)

  await session.raw('', `ALTER TABLE ${keyspace}.slot DROP tail_done`)
  await session.raw('', `DROP TABLE ${keyspace}.dependency`)
  const problems = [
    'table slot of 0001-spans.cql lacks tail_done',
    'table dependency of 0003-dependencies.cql is missing',
  ]
  t.same(await verifySchema(session, keyspace), problems)
  await t.rejects(openTestStore(address), {
    code: 'store_unusable',
    message: `Cannot use store: keyspace "${keyspace}" is not as its ledger says: ${problems.join('; ')}; run that file of schema/cassandra/native and those after it again by cqlsh, each of which may be run twice`,
  })

  const other = await testCluster(t)
  await createKeyspace(other)
  await session.raw('', `CREATE TABLE ${other.keyspace}.traces (id int PRIMARY KEY)`)
  await t.rejects(migrate(session, { address: parseCassandraAddress(other.address) }), {
    code: 'store_unusable',
    message: /belongs to another program: it has traces and no schema_migration/,
  })
})

t.test('planSchema() prints all that an operator has to run', needs, async (t) => {
  const { session, address, keyspace } = await testCluster(t)
  const parsed = parseCassandraAddress(`${address}?replication=datacenter1:1`)
  const planned = planSchema({ kind: 'no_keyspace' }, parsed)
  t.match(planned[0], /'class': 'NetworkTopologyStrategy', 'datacenter1': 1/)
  for (const statement of planned) {
    if (statement.startsWith('USE ')) continue
    // A session has one keyspace; cqlsh takes USE.
    const qualified = statement.replace(
      /^(CREATE TABLE IF NOT EXISTS|ALTER TABLE|INSERT INTO) /,
      `$1 ${keyspace}.`,
    )
    await session.raw('Cannot run what was planned', qualified)
  }
  t.same(await readSchemaState(session, keyspace), { kind: 'current', version: names.length })
  t.same(await verifySchema(session, keyspace), [])
  t.same(planSchema({ kind: 'current', version: names.length }, parsed), [])
})

async function createKeyspace({ session, keyspace }: TestCluster): Promise<void> {
  await session.raw(
    'Cannot prepare',
    `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  )
}

async function runKilled(
  { address }: TestCluster,
  text: string,
  leaseSeconds: number,
): Promise<string | null> {
  const program = join(projectRoot, 'dist/test/stores/cassandra/migrate-until.js')
  const child = spawn(process.execPath, [program, address, String(leaseSeconds), text], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [, signal] = await once(child, 'exit')
  return signal
}
