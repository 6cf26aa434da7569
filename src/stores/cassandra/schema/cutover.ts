import { thenClose } from '../../../errors/close-all.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import type { CassandraAddress } from '../cassandra-address.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { isJaeger } from '../jaeger/table-facts.ts'
import { migrateJaeger } from './jaeger-schema.ts'
import { ledgerInsert, noteBegun, noteFinished, readLedger, readTables } from './ledger.ts'
import { lockSchema, migrate, runDefinition } from './migrate.ts'
import type { TablesPlace } from './plan-tables.ts'
import { planTables } from './plan-tables.ts'

/** Tables that new spans of a keyspace of Jaeger's can go to: our own, or those of Jaeger's v004. */
export const otherTables = ['native', 'v004'] as const
/** One of `otherTables`. */
export type OtherTables = (typeof otherTables)[number]

/** Where new spans of a keyspace with Jaeger's tables go; the others are read as well. */
export interface Cutover {
  /** `jaeger` are the tables that were there first. */
  readonly to: OtherTables | 'jaeger'
  readonly other: {
    readonly tables: OtherTables
    /** That of native tables may be the same. */
    readonly keyspace: string
  }
  /** When it was decided, ms since the epoch. */
  readonly sinceMs: number
  /** How often it has been. */
  readonly count: number
}

const layout = 'cutover'

/** What was decided last of a keyspace; undefined: nothing was. Reads only. */
export async function readCutover(
  session: ClusterSession,
  keyspace: string,
): Promise<Cutover | undefined> {
  const tables = await readTables(session, keyspace)
  if (!tables.includes('schema_migration') || !isJaeger(tables)) return undefined
  const rows = await readLedger(session, keyspace, layout)
  const last = rows.filter(({ isFinished }) => isFinished).at(-1)
  if (last === undefined) return undefined
  const [to = '', otherKeyspace = keyspace, word = ''] = last.name.split(' ')
  const other = tablesOf(word)
  return {
    to: to === 'jaeger' ? 'jaeger' : other,
    other: { tables: other, keyspace: otherKeyspace },
    sinceMs: last.startedAtMs,
    count: rows.length,
  }
}

/** What is to be done. */
export interface CutOverOptions {
  readonly address: Pick<CassandraAddress, 'keyspace' | 'replication'>
  /** Where the other tables are, or are made; native ones in the keyspace itself by default. */
  readonly otherKeyspace?: string | undefined
  readonly tables?: OtherTables | undefined
  /** New spans go to Jaeger's tables again. */
  readonly isBack: boolean
}

/**
 * Notes that new spans go to other tables, which are made first, or to Jaeger's again. Nothing is
 * copied: gateways that start from now on read both. Twice the same does nothing.
 *
 * @param session without a keyspace of its own
 * @throws GatewayError 'store_unusable' for a keyspace without Jaeger's tables
 */
export async function cutOver(session: ClusterSession, options: CutOverOptions): Promise<Cutover> {
  const { address, isBack } = options
  const { keyspace } = address
  await requireJaeger(session, keyspace)
  await migrateJaeger(session, { address })
  const { before, to, other } = await wantedOf(session, options)
  if (before?.to === to) return before
  if (!isBack) await makeTables(session, address, other)
  const run = (statement: string): Promise<void> => runDefinition(session, statement)
  const held = await lockSchema(session, { keyspace, lock: undefined, run })
  return thenClose(
    async () => {
      // Another one may have decided meanwhile.
      const last = await readCutover(session, keyspace)
      if (last?.count !== before?.count) {
        if (last?.to === to && nameOf(last.other) === nameOf(other)) return last
        throw unusable('Cannot cut over: somebody else did just now; look and run it again')
      }
      const row = rowOf(before, to, other)
      held.check()
      await noteBegun(session, keyspace, layout, row)
      await noteFinished(session, keyspace, layout, row)
      const now = await readCutover(session, keyspace)
      if (now === undefined) throw new Error('Cannot read what was just written')
      return now
    },
    () => held.release(),
  )
}

/**
 * What `cutOver` would run, for cqlsh and a person who has the rights.
 *
 * @returns none where it is decided already
 * @throws GatewayError 'store_unusable' as `cutOver` does
 */
export async function planCutover(
  session: ClusterSession,
  options: CutOverOptions,
): Promise<readonly string[]> {
  const { address, isBack } = options
  const { keyspace } = address
  await requireJaeger(session, keyspace)
  const { before, to, other } = await wantedOf(session, options)
  if (before?.to === to) return []
  return [
    ...(await planTables(session, address, { keyspace, layout: 'jaeger', isBeside: false })),
    ...(isBack ? [] : await planTables(session, address, placeOf(other))),
    `USE ${keyspace}`,
    ledgerInsert(layout, rowOf(before, to, other)),
  ]
}

async function requireJaeger(session: ClusterSession, keyspace: string): Promise<void> {
  if (isJaeger(await readTables(session, keyspace))) return
  throw unusable(
    `Cannot cut over: keyspace "${keyspace}" has not Jaeger's tables; there is nothing to go on from`,
  )
}

/** What holds, and what is to hold. @throws GatewayError 'store_unusable' where they do not go together */
async function wantedOf(
  session: ClusterSession,
  { address, otherKeyspace, tables, isBack }: CutOverOptions,
): Promise<Pick<Cutover, 'to' | 'other'> & { readonly before: Cutover | undefined }> {
  const { keyspace } = address
  const before = await readCutover(session, keyspace)
  if (isBack && before === undefined) {
    throw unusable(
      `Cannot go back: new spans of keyspace "${keyspace}" go to Jaeger's tables already`,
    )
  }
  const other = {
    tables: tables ?? before?.other.tables ?? 'native',
    keyspace: otherKeyspace ?? before?.other.keyspace ?? keyspace,
  }
  if (before !== undefined && nameOf(before.other) !== nameOf(other)) {
    throw unusable(`Cannot cut over: it goes with ${nameOf(before.other)} already`)
  }
  if (other.tables === 'v004' && other.keyspace === keyspace) {
    throw unusable('Cannot cut over: tables of v004 need a keyspace of their own, name it by --to')
  }
  return { before, to: isBack ? 'jaeger' : other.tables, other }
}

/** What the other tables of a cutover are to a gateway. */
export function placeOf({ tables, keyspace }: Cutover['other']): TablesPlace {
  return { keyspace, layout: tables === 'native' ? 'native' : 'jaeger', isBeside: true }
}

/** How the decision stands in the ledger. */
function rowOf(before: Cutover | undefined, to: Cutover['to'], other: Cutover['other']) {
  const name = `${to} ${other.keyspace} ${other.tables}`
  return { version: (before?.count ?? 0) + 1, name, checksum: '' }
}

async function makeTables(
  session: ClusterSession,
  address: CutOverOptions['address'],
  { tables, keyspace }: Cutover['other'],
): Promise<void> {
  const there = { ...address, keyspace }
  if (tables === 'native') {
    await migrate(session, { address: there, isBeside: true })
    return
  }
  await migrateJaeger(session, { address: there })
}

function tablesOf(word: string): OtherTables {
  return otherTables.find((one) => one === word) ?? 'native'
}

/** Tables in words. */
function nameOf({ tables, keyspace }: Cutover['other']): string {
  return `${tables === 'native' ? 'native tables' : "Jaeger's tables of v004"} in keyspace "${keyspace}"`
}

function unusable(message: string): GatewayError {
  return new GatewayError('store_unusable', message)
}

/** When the tables that get no new spans need not be read any more, ms since the epoch; undefined: never. */
export function readUntilMs({ sinceMs }: Cutover, ttlSeconds: number): number | undefined {
  return ttlSeconds === 0 ? undefined : sinceMs + ttlSeconds * 1000 + slackMs
}

/** The decision in words. @param ttlSeconds of the tables that get no new spans; 0: for ever */
export function describeCutover(cutover: Cutover, ttlSeconds: number, nowMs: number): string {
  const { to, other, sinceMs } = cutover
  const first = "Jaeger's tables"
  const since = new Date(sinceMs).toISOString()
  const old = to === 'jaeger' ? nameOf(other) : first
  const goes = `new spans go to ${to === 'jaeger' ? first : nameOf(other)} since ${since}`
  const untilMs = readUntilMs(cutover, ttlSeconds)
  if (untilMs === undefined) return `${goes}; ${old} are read for ever, as their rows do not expire`
  if (untilMs <= nowMs) {
    const hasArchive = to === 'jaeger' && other.tables === 'native'
    const rest = hasArchive ? 'but what was archived there is read' : 'and are not read any more'
    return `${goes}; ${old} have expired ${rest}`
  }
  const hours = Math.ceil((untilMs - nowMs) / 360_000) / 10
  return `${goes}; ${old} are read for ${hours} h more, until ${new Date(untilMs).toISOString()}`
}

/** Where traces are archived after the decision, in words. @param archive keyspace that the address names */
export function describeArchive({ to, other }: Cutover, archive: string | undefined): string {
  const unnamed = 'as the address names no archive='
  const named = `keyspace "${archive}"`
  if (other.tables !== 'native') {
    return archive === undefined
      ? `traces are not archived, ${unnamed}`
      : `traces are archived in ${named}`
  }
  const native = `native tables in keyspace "${other.keyspace}"`
  if (archive === undefined) {
    const others = to === 'native' ? `; what Jaeger has archived is not read, ${unnamed}` : ''
    return `traces are archived in ${native}${others}`
  }
  const [now, before] = to === 'native' ? [native, named] : [named, native]
  return `traces are archived in ${now}; what was archived in ${before} is read for good`
}

/** Gateways are not all started again at once, and clocks differ. */
const slackMs = 3_600_000
