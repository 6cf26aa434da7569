import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import type { SessionOptions } from '../../../src/stores/cassandra/cluster-session.ts'
import { ClusterSession } from '../../../src/stores/cassandra/cluster-session.ts'
import { JaegerStore } from '../../../src/stores/cassandra/jaeger/jaeger-store.ts'
import type { TableFacts } from '../../../src/stores/cassandra/jaeger/table-facts.ts'
import { NativeStore } from '../../../src/stores/cassandra/native/native-store.ts'
import type { ThreadedWriter } from '../../../src/stores/cassandra/native/threaded-writer.ts'
import { migrate } from '../../../src/stores/cassandra/schema/migrate.ts'
import { withSession } from '../../../src/stores/cassandra/with-session.ts'
import { ExpiryClock, systemClock } from '../../../src/stores/expiry-clock.ts'

/** Something that is closed, which is noted when it has ended, or fails. */
function part<Part>(name: string, closed: string[], failure?: Error): Part {
  const close = async (): Promise<void> => {
    if (failure !== undefined) throw failure
    await nextTurn()
    closed.push(name)
  }
  return { close } as unknown as Part
}

const failure = new Error('cannot be ended')
const retentionMs = 3_600_000
const searchBounds = { timeMaxMs: 1000, spansMax: 1000 }
const onDamaged = (error: Error): void => {
  throw error
}

t.test('JaegerStore.close() closes both sessions, though one fails to', async (t) => {
  const closed: string[] = []
  const facts = { tables: new Set(), nameTtlSeconds: 60 } as unknown as TableFacts
  const open = (spans?: Error, archive?: Error) =>
    new JaegerStore({
      session: part<ClusterSession>('spans', closed, spans),
      archiveSession: part<ClusterSession>('archive', closed, archive),
      facts,
      searchBounds,
      onDamaged,
    })
  await t.rejects(open(failure).close(), failure)
  t.same(closed.splice(0), ['archive'])
  await t.rejects(open(undefined, failure).close(), failure)
  t.same(closed.splice(0), ['spans'])
})

t.test('NativeStore.close() closes its session, though its writer fails to', async (t) => {
  const closed: string[] = []
  const expiry = new ExpiryClock({
    clock: systemClock,
    retentionMs,
    graceMs: 1000,
    onPaused: () => {},
    onResumed: () => {},
  })
  const store = new NativeStore({
    session: part<ClusterSession>('session', closed),
    writer: part<ThreadedWriter>('writer', closed, failure),
    expiry,
    retentions: { defaultMs: retentionMs, byTenant: new Map() },
    searchBounds,
    onDamaged,
  })
  await t.rejects(store.close(), failure)
  t.same(closed, ['session'])
})

t.test(
  'withSession() closes its session before it resolves, and says what failed first',
  async (t) => {
    const closed: string[] = []
    const options = {} as SessionOptions
    let closeFailure: Error | undefined
    t.intercept(ClusterSession, 'connect', {
      value: async () => part<ClusterSession>('session', closed, closeFailure),
    })
    t.equal(await withSession(options, async () => 7), 7)
    t.same(closed.splice(0), ['session'])
    const noWork = new Error('no work')
    await t.rejects(
      withSession(options, () => Promise.reject(noWork)),
      noWork,
    )
    t.same(closed.splice(0), ['session'])
    closeFailure = failure
    await t.rejects(
      withSession(options, () => Promise.reject(noWork)),
      noWork,
      'both fail',
    )
    await t.rejects(
      withSession(options, async () => 7),
      failure,
    )
  },
)

t.test(
  'migrate() says why it broke off, and not that its lock could not be given back',
  async (t) => {
    const session = {
      raw: async () => [],
      agree: async () => {},
      transact: async (action: string) => {
        if (action.startsWith('Cannot release')) throw failure
        return { '[applied]': true }
      },
    } as unknown as ClusterSession
    const refused = new Error('no right to make a table')
    const migrating = migrate(session, {
      address: { keyspace: 'spans', replication: { kind: 'simple', factor: 1 } },
      onStatement: (statement) => {
        if (statement.includes('spans.trace_part')) throw refused
      },
    })
    await t.rejects(migrating, refused)
  },
)
