import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { parseCassandraAddress } from '../../../src/stores/cassandra/cassandra-address.ts'
import { ClusterSession } from '../../../src/stores/cassandra/cluster-session.ts'
import { readSchemaState } from '../../../src/stores/cassandra/schema/ledger.ts'
import { migrate, planSchema } from '../../../src/stores/cassandra/schema/migrate.ts'
import { patience } from '../../conformance/answer.ts'
import { CassandraNode, needsCassandra } from '../../servers/cassandra-node.ts'
import { testDirectory } from '../../test-directory.ts'
import { batchOf, spanIdsOf } from '../sqlite/store-samples.ts'
import { openTestStore, sessionOptions } from './test-cluster.ts'

t.setTimeout(300_000)

t.test('a cluster with users and TLS', needsCassandra(), async (t) => {
  const directory = testDirectory(t, {})
  const keystore = makeKeystore(directory)
  const node = await CassandraNode.start({ hasUsers: true, keystore })
  t.teardown(() => node.stop())
  const host = `localhost:${node.port}`
  const ca = `ca=${encodeURIComponent(join(directory, 'cert.pem'))}`
  const addressOf = (user: string): string => `cassandra://${user}@${host}/spans?${ca}`
  const admin = await connectPatiently(addressOf('cassandra:cassandra'))
  t.teardown(() => admin.close())

  await t.test('connect() says what is wrong', async (t) => {
    const connect = (address: string) => ClusterSession.connect(sessionOptions(address), undefined)
    await t.rejects(connect(addressOf('cassandra:wrong')), {
      code: 'store_unusable',
      message:
        /Cannot connect to Cassandra at localhost:\d+: user:password@ of the address is wrong/,
    })
    await t.rejects(connect(`cassandra://${host}/spans?${ca}`), {
      code: 'store_unusable',
      message: /user:password@ of the address is wrong or missing \(.* requires authentication/,
    })
    await t.rejects(connect(`cassandra://cassandra:cassandra@${host}/spans?tls=true`), {
      code: 'store_unavailable',
      retryable: true,
      message: /self-signed certificate/,
    })
    await t.rejects(connect(`cassandra://cassandra:cassandra@${host}/spans`), {
      code: 'store_unavailable',
    })
    await t.rejects(connect(`${addressOf('cassandra:cassandra')}&dc=elsewhere`), {
      code: 'bad_settings',
      message: /no node is in data centre "elsewhere", which dc= .* names; there is datacenter1/,
    })
    await t.rejects(connect('cassandra://none.invalid/spans'), {
      code: 'store_unavailable',
      message: /at none\.invalid:9042: Cassandra is away \(No host could be resolved\)/,
    })
    await t.rejects(connect(addressOf('cassandra:cassandra').replace('cert.pem', 'none.pem')), {
      code: 'bad_settings',
      message: /Cannot read ca of the store: ENOENT/,
    })
  })

  await t.test('a gateway may lack the right to make tables, once an operator has', async (t) => {
    await admin.raw('', "CREATE ROLE gateway WITH PASSWORD = 'secret' AND LOGIN = true")
    const options = sessionOptions(addressOf('gateway:secret'))
    const session = await ClusterSession.connect(options, undefined)
    t.teardown(() => session.close())
    await t.rejects(migrate(session, { address: options.address }), {
      code: 'store_unusable',
      message: /may not run "CREATE KEYSPACE.*"; "spangate schema plan", .* prints/,
    })
    await t.rejects(
      migrate(admin, {
        address: {
          keyspace: 'other',
          replication: { kind: 'datacentres', factors: new Map([['x', 3]]) },
        },
      }),
      {
        code: 'store_unusable',
        message: /of a keyspace as replication= of the address has them \(.*x/,
      },
    )
    await t.rejects(migrate(session, { address: options.address }), {
      code: 'store_unusable',
    })
    await t.rejects(openTestStore(addressOf('gateway:secret')), {
      code: 'store_unusable',
      message: /keyspace "spans" does not exist; run "spangate schema migrate"/,
    })
    const parsed = parseCassandraAddress(addressOf('cassandra:cassandra'))
    for (const statement of planSchema({ kind: 'no_keyspace' }, parsed)) {
      if (statement.startsWith('USE ')) continue
      await admin.raw(
        '',
        statement.replace(/^(CREATE TABLE IF NOT EXISTS|ALTER TABLE|INSERT INTO) /, '$1 spans.'),
      )
    }
    await admin.raw('', 'GRANT SELECT ON KEYSPACE spans TO gateway')
    await admin.raw('', 'GRANT MODIFY ON KEYSPACE spans TO gateway')
    t.match(await readSchemaState(session, 'spans'), { kind: 'current' })
    const batch = batchOf({ trace: 1, count: 3 })
    for (const address of [
      addressOf('gateway:secret'),
      `${addressOf('gateway:secret')}&migrate=auto`,
    ]) {
      const store = await openTestStore(address)
      await store.write('', batch, patience)
      t.same(await spanIdsOf(store, 1), [1, 2, 3])
      await store.close()
    }
  })
})

/** The first user is made some time after the node takes connections. */
async function connectPatiently(address: string): Promise<ClusterSession> {
  const deadline = performance.now() + 60_000
  for (;;) {
    try {
      return await ClusterSession.connect(sessionOptions(address), undefined)
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

/** A key for localhost that is its own authority: for the server, and the certificate for clients. */
function makeKeystore(directory: string): string {
  const keystore = join(directory, 'server.p12')
  const keytool = (...args: readonly string[]): void => {
    const common = ['-keystore', keystore, '-storepass', 'cassandra', '-storetype', 'PKCS12']
    execFileSync('keytool', [...args, '-alias', 'server', ...common], { stdio: 'pipe' })
  }
  const name = ['-dname', 'CN=localhost', '-ext', 'san=dns:localhost,ip:127.0.0.1']
  keytool('-genkeypair', '-keyalg', 'EC', '-validity', '30', '-keypass', 'cassandra', ...name)
  keytool('-exportcert', '-rfc', '-file', join(directory, 'cert.pem'))
  return keystore
}
