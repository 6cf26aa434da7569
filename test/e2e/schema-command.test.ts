import t from 'tap'
import { needsCassandra } from '../servers/cassandra-node.ts'
import { testCluster } from '../stores/cassandra/test-cluster.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(300_000)

t.test('spangate schema', needsCassandra(), async (t) => {
  const { address, keyspace } = await testCluster(t)
  const run = (...args: readonly string[]) =>
    runProgram(['schema', ...args, '--store', address], { timeoutMs: 120_000 })

  await t.test('status says that there is nothing, and what to do', async (t) => {
    const { code, stdout, stderr } = await run('status')
    t.equal(code, 1)
    t.equal(stdout, `keyspace "${keyspace}" does not exist\n`)
    t.match(stderr, /run "spangate schema migrate"/)
  })

  await t.test('plan and migrate --dry-run print the same, and change nothing', async (t) => {
    const plan = await run('plan')
    t.equal(plan.code, 0)
    t.match(plan.stdout, /^CREATE KEYSPACE IF NOT EXISTS [\s\S]*INSERT INTO schema_migration/)
    t.match(plan.stdout, /GRANT MODIFY ON KEYSPACE/)
    t.equal((await run('migrate', '--dry-run')).stdout, plan.stdout)
    t.equal((await run('status')).code, 1)
  })

  await t.test('migrate, verify and status agree', async (t) => {
    const migrated = await run('migrate')
    t.match(migrated, { code: 0, stderr: '' })
    t.match(
      migrated.stdout,
      /^0001-spans\.cql run\n0002-names\.cql run\n0003-dependencies\.cql run\n0004-archive\.cql run\n0005-slot-names\.cql run\n0006-compression\.cql run\n0007-sampling\.cql run\n.* is current/,
    )
    t.match(await run('verify'), { code: 0, stdout: /is as the files say/ })
    t.match(await run('status'), { code: 0, stdout: /is current, at version 7/ })
    t.match(await run('plan'), { code: 0, stdout: '' })
  })
})

t.test(
  'the program ends where the address names another data centre',
  needsCassandra(),
  async (t) => {
    const { address } = await testCluster(t)
    const store = `${address}?dc=elsewhere`
    for (const args of [['schema', 'status'], []]) {
      const { code, stderr } = await runProgram([...args, '--store', store], { timeoutMs: 60_000 })
      t.equal(code, 2)
      t.match(stderr, /no node is in data centre "elsewhere", which dc= of the address names/)
    }
  },
)

t.test('spangate schema and storage refuse stores that they are not for', async (t) => {
  const refused = await runProgram(['schema', 'status', '--store', 'memory:'])
  t.match(refused, { code: 2, stderr: /"memory:": it has no schema/ })
  const address = 'cassandra://anna:s3cret@localhost/spans'
  const storage = await runProgram(['storage', 'check', '--store', address])
  t.match(storage, { code: 2, stderr: /anna:\*\*\*@localhost.*it has no files/ })
  t.notMatch(storage.stderr, /s3cret/)
})
