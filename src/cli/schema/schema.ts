import type { Config } from '../../config/settings.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { CassandraAddress } from '../../stores/cassandra/cassandra-address.ts'
import { cassandraScheme, parseCassandraAddress } from '../../stores/cassandra/cassandra-address.ts'
import { ClusterSession } from '../../stores/cassandra/cluster-session.ts'
import { readSchemaState } from '../../stores/cassandra/schema/ledger.ts'
import { migrate, planSchema, verifySchema } from '../../stores/cassandra/schema/migrate.ts'
import { describeState, remedyOf } from '../../stores/cassandra/schema/schema-state.ts'

/** What the commands work with. */
export interface SchemaContext {
  readonly config: Config
  readonly stdout: (line: string) => void
  readonly stderr: (line: string) => void
}

/**
 * `spangate schema status`: one line on stdout, what to do about it on stderr.
 *
 * @returns whether a gateway would run with the keyspace
 */
export function status(context: SchemaContext): Promise<boolean> {
  return withCluster(context, async (session, { keyspace }) => {
    const state = await readSchemaState(session, keyspace)
    context.stdout(describeState(state, keyspace))
    if (state.kind !== 'current') context.stderr(remedyOf(state))
    return state.kind === 'current'
  })
}

/**
 * `spangate schema plan`: the statements that are missing, for cqlsh; none when it is current.
 *
 * @returns true: there is nothing that can be wrong
 */
export function plan(context: SchemaContext): Promise<boolean> {
  return withCluster(context, async (session, address) => {
    const statements = planSchema(await readSchemaState(session, address.keyspace), address)
    for (const statement of statements) context.stdout(`${statement};\n`)
    if (statements.length > 0) {
      context.stdout(
        `-- A gateway needs: GRANT SELECT ON KEYSPACE ${address.keyspace} TO its user;`,
      )
      context.stdout(`-- and: GRANT MODIFY ON KEYSPACE ${address.keyspace} TO its user;`)
    }
    return true
  })
}

/** `spangate schema migrate`: brings the keyspace up to date, and names the files that were run. */
export function migrateSchema(context: SchemaContext, dryRun: boolean): Promise<boolean> {
  if (dryRun) return plan(context)
  return withCluster(context, async (session, address) => {
    const run = await migrate(session, { address })
    for (const { name } of run) context.stdout(`${name} run`)
    context.stdout(
      describeState(await readSchemaState(session, address.keyspace), address.keyspace),
    )
    return true
  })
}

/**
 * `spangate schema verify`: compares ledger and tables with the files, and prints what differs.
 *
 * @returns whether nothing does
 */
export function verify(context: SchemaContext): Promise<boolean> {
  return withCluster(context, async (session, { keyspace }) => {
    const problems = await verifySchema(session, keyspace)
    for (const problem of problems) context.stderr(problem)
    if (problems.length === 0) context.stdout(`keyspace "${keyspace}" is as the files say`)
    return problems.length === 0
  })
}

async function withCluster(
  { config }: SchemaContext,
  work: (session: ClusterSession, address: CassandraAddress) => Promise<boolean>,
): Promise<boolean> {
  const { store } = config
  if (!store.startsWith(cassandraScheme)) {
    throw new GatewayError(
      'bad_settings',
      `Cannot use store "${store}": it has no schema, must be ${cassandraScheme}…`,
    )
  }
  const address = parseCassandraAddress(store)
  const session = await ClusterSession.connect(
    {
      address,
      connectTimeoutMs: config['store.cassandra.connect-timeout'],
      // Tables are made more slowly than rows.
      timeoutMs: Math.max(config['store.cassandra.timeout'], schemaTimeoutMs),
      speculativeAfterMs: 0,
    },
    undefined,
  )
  try {
    return await work(session, address)
  } finally {
    await session.close()
  }
}

const schemaTimeoutMs = 60_000
