import type { Config } from '../../config/settings.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { CassandraAddress, LayoutName } from '../../stores/cassandra/cassandra-address.ts'
import {
  cassandraScheme,
  isKeyspaceName,
  parseCassandraAddress,
} from '../../stores/cassandra/cassandra-address.ts'
import type { ClusterSession } from '../../stores/cassandra/cluster-session.ts'
import { requireTableFacts } from '../../stores/cassandra/jaeger/table-facts.ts'
import type { Cutover } from '../../stores/cassandra/schema/cutover.ts'
import {
  cutOver,
  describeArchive,
  describeCutover,
  otherTables,
  readCutover,
} from '../../stores/cassandra/schema/cutover.ts'
import {
  describeJaeger,
  layoutOf,
  migrateJaeger,
  planJaeger,
  readJaegerState,
  remedyOfJaeger,
  verifyJaeger,
} from '../../stores/cassandra/schema/jaeger-schema.ts'
import { readSchemaState } from '../../stores/cassandra/schema/ledger.ts'
import { migrate, planSchema, verifySchema } from '../../stores/cassandra/schema/migrate.ts'
import { describeState, remedyOf } from '../../stores/cassandra/schema/schema-state.ts'
import { withSession } from '../../stores/cassandra/with-session.ts'

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
  return withCluster(context, async (session, { keyspace, archive }, layout) => {
    const cutover = await readCutover(session, keyspace)
    if (cutover !== undefined) {
      context.stdout(await cutoverLine(context, session, keyspace, cutover))
      context.stdout(describeArchive(cutover, archive))
      const { tables, keyspace: there } = cutover.other
      if (tables === 'v004') {
        context.stdout(describeJaeger(await readJaegerState(session, there), there))
        return true
      }
      const state = await readSchemaState(session, there, true)
      context.stdout(describeState(state, there))
      if (state.kind !== 'current') context.stderr(remedyOf(state))
      return state.kind === 'current'
    }
    if (layout === 'jaeger') {
      const state = await readJaegerState(session, keyspace)
      context.stdout(describeJaeger(state, keyspace))
      const remedy = remedyOfJaeger(state)
      if (remedy !== '') context.stderr(remedy)
      return state.kind === 'ready'
    }
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
  return withCluster(context, async (session, address, layout) => {
    const { keyspace } = address
    const statements =
      layout === 'jaeger'
        ? planJaeger(await readJaegerState(session, keyspace), address)
        : planSchema(await readSchemaState(session, keyspace), address)
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
  return withCluster(context, async (session, address, layout) => {
    if (layout === 'jaeger') {
      for (const line of await migrateJaeger(session, { address })) context.stdout(line)
      const state = await readJaegerState(session, address.keyspace)
      context.stdout(describeJaeger(state, address.keyspace))
      return true
    }
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
  return withCluster(context, async (session, { keyspace }, layout) => {
    const problems =
      layout === 'jaeger'
        ? await verifyJaeger(session, keyspace)
        : await verifySchema(session, keyspace)
    for (const problem of problems) context.stderr(problem)
    if (problems.length === 0) context.stdout(`keyspace "${keyspace}" is as the files say`)
    return problems.length === 0
  })
}

/**
 * `spangate schema cutover`: new spans go to other tables, or back to Jaeger's; prints what holds now.
 *
 * `to` is the keyspace of the other tables; by default native ones are in the same keyspace.
 */
export function cutover(
  context: SchemaContext,
  {
    to,
    tables,
    isBack,
  }: {
    readonly to: string | undefined
    readonly tables: string | undefined
    readonly isBack: boolean
  },
): Promise<boolean> {
  return withCluster(context, async (session, address) => {
    if (to !== undefined && !isKeyspaceName(to)) {
      throw new GatewayError(
        'bad_settings',
        `Cannot cut over: --to is "${to}", must be a lower-case letter and then at most 47 of a-z, 0-9 and _`,
      )
    }
    const known = otherTables.find((one) => one === tables)
    if (tables !== undefined && known === undefined) {
      throw new GatewayError(
        'bad_settings',
        `Cannot cut over: --tables is "${tables}", must be ${otherTables.join(' or ')}`,
      )
    }
    const decided = await cutOver(session, { address, otherKeyspace: to, tables: known, isBack })
    context.stdout(await cutoverLine(context, session, address.keyspace, decided))
    context.stdout(describeArchive(decided, address.archive))
    context.stderr('start the gateways again: each goes on as it began')
    return true
  })
}

async function cutoverLine(
  { config }: SchemaContext,
  session: ClusterSession,
  keyspace: string,
  decided: Cutover,
): Promise<string> {
  const { to, other } = decided
  const isNative = to === 'jaeger' && other.tables === 'native'
  const old = to === 'jaeger' ? other.keyspace : keyspace
  const ttlSeconds = isNative
    ? config['store.retention'] / 1000
    : (await requireTableFacts(session, old)).traceTtlSeconds
  return describeCutover(decided, ttlSeconds, Date.now())
}

async function withCluster(
  { config }: SchemaContext,
  work: (
    session: ClusterSession,
    address: CassandraAddress,
    layout: LayoutName,
  ) => Promise<boolean>,
): Promise<boolean> {
  const { store } = config
  if (!store.startsWith(cassandraScheme)) {
    throw new GatewayError(
      'bad_settings',
      `Cannot use store "${store}": it has no schema, must be ${cassandraScheme}…`,
    )
  }
  const address = parseCassandraAddress(store)
  const options = {
    address,
    connectTimeoutMs: config['store.cassandra.connect-timeout'],
    // Tables are made more slowly than rows.
    timeoutMs: Math.max(config['store.cassandra.timeout'], schemaTimeoutMs),
    speculativeAfterMs: 0,
  }
  return withSession(options, async (session) =>
    work(session, address, await layoutOf(session, address)),
  )
}

const schemaTimeoutMs = 60_000
