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
  placeOf,
  planCutover,
  readCutover,
} from '../../stores/cassandra/schema/cutover.ts'
import {
  describeJaeger,
  layoutOf,
  migrateJaeger,
  readJaegerState,
  remedyOfJaeger,
  verifyJaeger,
} from '../../stores/cassandra/schema/jaeger-schema.ts'
import { readSchemaState } from '../../stores/cassandra/schema/ledger.ts'
import { migrate, verifySchema } from '../../stores/cassandra/schema/migrate.ts'
import type { TablesPlace } from '../../stores/cassandra/schema/plan-tables.ts'
import { planTables } from '../../stores/cassandra/schema/plan-tables.ts'
import { describeState, remedyOf } from '../../stores/cassandra/schema/schema-state.ts'
import { withSession } from '../../stores/cassandra/with-session.ts'

/** What the commands work with. */
export interface SchemaContext {
  readonly config: Config
  readonly stdout: (line: string) => void
  readonly stderr: (line: string) => void
}

/**
 * `spangate schema status`: a line on stdout for each keyspace, and for what a cutover has decided; what to do about
 * it on stderr.
 *
 * @returns whether a gateway would run with the address
 */
export function status(context: SchemaContext): Promise<boolean> {
  return withCluster(context, async (session, address, layout) => {
    const { keyspace, archive } = address
    const cutover = await readCutover(session, keyspace)
    if (cutover !== undefined) {
      context.stdout(await cutoverLine(context, session, keyspace, cutover))
      context.stdout(describeArchive(cutover, archive))
    }
    let isWell = true
    // What a cutover goes from was told with it.
    for (const place of (await placesOf(session, address, layout)).slice(-1)) {
      isWell = await statusOf(context, session, place)
    }
    if (archive !== undefined) {
      const place: TablesPlace = { keyspace: archive, layout: 'jaeger', isBeside: false }
      isWell = (await statusOf(context, session, place)) && isWell
    }
    return isWell
  })
}

/** Says what one keyspace is. @returns whether a gateway would run with it */
async function statusOf(
  { stdout, stderr }: SchemaContext,
  session: ClusterSession,
  { keyspace, layout, isBeside }: TablesPlace,
): Promise<boolean> {
  if (layout === 'jaeger') {
    const state = await readJaegerState(session, keyspace)
    stdout(describeJaeger(state, keyspace))
    const problems = state.kind === 'ready' ? state.facts.problems : []
    for (const text of [...problems, remedyOfJaeger(state)]) if (text !== '') stderr(text)
    return state.kind === 'ready' && problems.length === 0
  }
  const state = await readSchemaState(session, keyspace, isBeside)
  stdout(describeState(state, keyspace))
  if (state.kind !== 'current') stderr(remedyOf(state))
  if (state.kind !== 'current') return false
  const problems = await verifySchema(session, keyspace)
  for (const problem of problems) stderr(problem)
  return problems.length === 0
}

/**
 * `spangate schema plan`: the statements that are missing, for cqlsh; none when it is current.
 *
 * @returns true: there is nothing that can be wrong
 */
export function plan(context: SchemaContext): Promise<boolean> {
  return withCluster(context, async (session, address, layout) => {
    for (const place of await placesOf(session, address, layout)) {
      printPlan(context, await planTables(session, address, place), [place.keyspace])
    }
    return true
  })
}

/** @param keyspaces in which a gateway has to read and write */
function printPlan(
  { stdout }: SchemaContext,
  statements: readonly string[],
  keyspaces: readonly string[],
): void {
  if (statements.length === 0) return
  for (const statement of statements) stdout(`${statement};\n`)
  for (const keyspace of new Set(keyspaces)) {
    stdout(`-- A gateway needs: GRANT SELECT ON KEYSPACE ${keyspace} TO its user;`)
    stdout(`-- and: GRANT MODIFY ON KEYSPACE ${keyspace} TO its user;`)
  }
}

/** `spangate schema migrate`: brings the keyspace up to date, and names the files that were run. */
export function migrateSchema(context: SchemaContext, dryRun: boolean): Promise<boolean> {
  if (dryRun) return plan(context)
  return withCluster(context, async (session, address, layout) => {
    for (const place of await placesOf(session, address, layout)) {
      const { keyspace, isBeside } = place
      const there = { keyspace, replication: address.replication }
      if (place.layout === 'jaeger') {
        for (const line of await migrateJaeger(session, { address: there })) context.stdout(line)
        context.stdout(describeJaeger(await readJaegerState(session, keyspace), keyspace))
      } else {
        const run = await migrate(session, { address: there, isBeside })
        for (const { name } of run) context.stdout(`${name} run`)
        context.stdout(describeState(await readSchemaState(session, keyspace, isBeside), keyspace))
      }
    }
    return true
  })
}

/**
 * `spangate schema verify`: compares ledger and tables with the files, and prints what differs.
 *
 * @returns whether nothing does
 */
export function verify(context: SchemaContext): Promise<boolean> {
  return withCluster(context, async (session, address, layout) => {
    let isWell = true
    for (const { keyspace, layout: its } of await placesOf(session, address, layout)) {
      const problems =
        its === 'jaeger'
          ? await verifyJaeger(session, keyspace)
          : await verifySchema(session, keyspace)
      for (const problem of problems) context.stderr(problem)
      if (problems.length === 0) context.stdout(`keyspace "${keyspace}" is as the files say`)
      else isWell = false
    }
    return isWell
  })
}

/** Those of an address: after a cutover both, as gateways read both. */
async function placesOf(
  session: ClusterSession,
  address: CassandraAddress,
  layout: LayoutName,
): Promise<readonly TablesPlace[]> {
  const { keyspace } = address
  const decided = address.layout === undefined ? await readCutover(session, keyspace) : undefined
  if (decided === undefined) return [{ keyspace, layout, isBeside: false }]
  return [{ keyspace, layout: 'jaeger', isBeside: false }, placeOf(decided.other)]
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
    dryRun,
  }: {
    readonly to: string | undefined
    readonly tables: string | undefined
    readonly isBack: boolean
    readonly dryRun: boolean
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
    const options = { address, otherKeyspace: to, tables: known, isBack }
    if (dryRun) {
      const keyspaces = [address.keyspace, ...(to === undefined ? [] : [to])]
      printPlan(context, await planCutover(session, options), keyspaces)
      return true
    }
    const decided = await cutOver(session, options)
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
