import t from 'tap'
import { needsCassandra } from '../servers/cassandra-node.ts'
import { makeJaegerKeyspace } from '../stores/cassandra/jaeger/jaeger-keyspace.ts'
import { openTestStore, testCluster } from '../stores/cassandra/test-cluster.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(300_000)

t.test('spangate schema cutover', needsCassandra(), async (t) => {
  const cluster = await testCluster(t)
  const { session, keyspace, address } = cluster
  const there = `${keyspace}_new`
  t.teardown(() => session.raw('Cannot clean up', `DROP KEYSPACE IF EXISTS ${there}`))
  await makeJaegerKeyspace(cluster, 'v004')
  const run = (...args: readonly string[]) =>
    runProgram(['schema', ...args, '--store', address], { timeoutMs: 120_000 })

  await t.test('--dry-run prints all that somebody with the right has to run', async (t) => {
    const plan = await run('cutover', '--to', there, '--dry-run')
    t.equal(plan.code, 0)
    t.match(plan.stdout, `GRANT MODIFY ON KEYSPACE ${there} TO its user`)
    t.match(await run('status'), { code: 0, stdout: /not recorded in the ledger/ }, 'none is run')
    await runAsOperator(plan.stdout)
    const { code, stdout } = await run('status')
    t.equal(code, 0)
    t.match(stdout, /^new spans go to native tables in keyspace ".*_new" since .* for 49 h more/)
    t.match(stdout, `keyspace "${there}" is current`)
    const store = await openTestStore(address)
    t.match(await store.facts?.(), { details: { layout: 'native', keyspace: there } })
    await store.close()
    t.match(await run('cutover', '--dry-run'), { code: 0, stdout: '' }, 'nothing is left')
  })

  await t.test('plan, migrate and verify are about both keyspaces', async (t) => {
    t.match(await run('plan'), { code: 0, stdout: '' })
    await session.raw(
      '',
      `DELETE FROM ${there}.schema_migration WHERE layout = 'native' AND version = 7`,
    )
    t.match(await run('status'), { code: 1, stderr: /run "spangate schema migrate"/ })
    t.match(await run('verify'), { code: 1, stderr: /is at version 6, and 0007-sampling\.cql has/ })
    t.match(await run('plan'), { code: 0, stdout: new RegExp(`^USE ${there};[^]*sampling_head`) })
    t.match(await run('migrate'), { code: 0, stdout: /^0007-sampling\.cql run$/m })
    t.match(await run('status'), { code: 0 })
    const { code, stdout } = await run('verify')
    t.equal(code, 0)
    t.match(stdout, `keyspace "${keyspace}" is as the files say\nkeyspace "${there}" is as`)
  })

  await t.test('status is 1 where a gateway would not start', async (t) => {
    const named = await runProgram(['schema', 'status', '--store', `${address}?archive=none`])
    t.match(named, { code: 1, stdout: /^keyspace "none" does not exist$/m })
    await session.raw('', `ALTER TABLE ${there}.slot DROP tail_done`)
    t.match(await run('status'), { code: 1, stderr: /table slot of 0001.* lacks tail_done/ })
    await session.raw('', `ALTER TABLE ${there}.slot ADD tail_done int`)
    t.match(await run('status'), { code: 0, stderr: '' })
  })

  /** As cqlsh does: a session of ours has one keyspace. */
  async function runAsOperator(text: string): Promise<void> {
    let used = ''
    const lines = text.split('\n').filter((line) => !line.startsWith('--'))
    for (const part of lines.join('\n').split(';')) {
      const statement = part.trim()
      if (statement.startsWith('USE ')) used = statement.slice(4)
      else if (statement !== '') {
        const place = /^(CREATE (?:TABLE|TYPE) IF NOT EXISTS|ALTER TABLE|INSERT INTO) /
        await session.raw('Cannot run what was planned', statement.replace(place, `$1 ${used}.`))
      }
    }
  }
})
