import { GatewayError } from '../../errors/gateway-error.ts'
import type { Fail } from '../address-parameters.ts'
import { decodePart, readParameters } from '../address-parameters.ts'

/** One node that a client may begin with. */
export interface ContactPoint {
  readonly host: string
  readonly port: number
}

/** How a new keyspace is replicated: one factor for a test, or one for each data centre. */
export type Replication =
  | { readonly kind: 'simple'; readonly factor: number }
  | { readonly kind: 'datacentres'; readonly factors: ReadonlyMap<string, number> }

/** Files in PEM; left out, the system's authorities and no certificate of our own. */
export interface TlsFiles {
  readonly ca: string | undefined
  readonly certificate: string | undefined
  readonly key: string | undefined
}

/** What a `cassandra://` address says. */
export interface CassandraAddress {
  readonly contactPoints: readonly ContactPoint[]
  readonly credentials: { readonly username: string; readonly password: string } | undefined
  readonly keyspace: string
  /** Whose tables; undefined: whichever are there, and our own in a new keyspace. */
  readonly layout: LayoutName | undefined
  /** Keyspace of Jaeger's tables in which traces of such tables are archived; undefined: none. */
  readonly archive: string | undefined
  /** The data centre that is asked; undefined: the only one there is. */
  readonly datacentre: string | undefined
  readonly consistency: ConsistencyName
  readonly replication: Replication
  /** `auto` lets the gateway bring the schema up to date when it starts. */
  readonly migrate: 'never' | 'auto'
  readonly tls: TlsFiles | undefined
}

/** `native` is spangate's own tables, `jaeger` those that Jaeger makes. */
export type LayoutName = 'native' | 'jaeger'

/** Consistencies by which spans can be written and read back. */
const consistencyNames = [
  'ONE',
  'TWO',
  'THREE',
  'QUORUM',
  'ALL',
  'LOCAL_ONE',
  'LOCAL_QUORUM',
  'EACH_QUORUM',
] as const
/** One of `consistencyNames`. */
export type ConsistencyName = (typeof consistencyNames)[number]

/** What begins the address of a Cassandra store. */
export const cassandraScheme = 'cassandra://'

/** The form of an address, for messages. */
export const cassandraForm =
  'cassandra://[user:password@]host[:port][,host…]/keyspace[?name=value…]'

const portDefault = 9042
const contactPointsMax = 32

/**
 * Reads `cassandra://user:password@host:9042,host2/keyspace?dc=dc1&consistency=LOCAL_QUORUM`. User and
 * password are percent-encoded, as in any URL.
 *
 * | parameter | what | default |
 * | --- | --- | --- |
 * | layout | the tables: `native`, `jaeger` | those that are there |
 * | archive | keyspace where traces of layout `jaeger` are archived | none |
 * | dc | data centre that is asked | the only one |
 * | consistency | one of `consistencyNames` | LOCAL_QUORUM |
 * | replication | of a new keyspace: `3`, or `dc1:3,dc2:3` | 1 |
 * | migrate | `auto`, `never` | never |
 * | tls | `true`, `false` | false, or true with a file below |
 * | ca, cert, key | files in PEM | |
 *
 * @throws GatewayError 'bad_settings' that names the part at fault; it never repeats the password
 */
export function parseCassandraAddress(address: string): CassandraAddress {
  const shown = withoutPassword(address)
  const fail = (state: string): never => {
    throw new GatewayError(
      'bad_settings',
      `Cannot use store "${shown}": ${state}; the form is ${cassandraForm}`,
    )
  }
  const [, authority = '', keyspace = '', query = ''] =
    /^cassandra:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(address) ??
    fail('it has a "#", or is not of the form')
  const at = authority.lastIndexOf('@')
  const parameters = readParameters(query, parameterNames, fail)
  return {
    contactPoints: readContactPoints(authority.slice(at + 1), fail),
    credentials: at < 0 ? undefined : readCredentials(authority.slice(0, at), fail),
    keyspace: checkKeyspace(keyspace, fail),
    layout: readLayout(parameters.get('layout'), fail),
    archive: readArchive(parameters, keyspace, fail),
    datacentre: parameters.get('dc'),
    consistency: readConsistency(parameters.get('consistency'), fail),
    replication: readReplication(parameters.get('replication'), fail),
    migrate: readChoice('migrate', ['never', 'auto'], parameters, fail),
    tls: readTls(parameters, fail),
  }
}

/** The address as it may be shown: with `***` for the password. */
export function withoutPassword(address: string): string {
  return address.replace(/^(cassandra:\/\/[^/?#:]*):[^/?#]*@/, '$1:***@')
}

const parameterNames = [
  'layout',
  'archive',
  'dc',
  'consistency',
  'replication',
  'migrate',
  'tls',
  'ca',
  'cert',
  'key',
] as const

function readChoice<Choice extends string>(
  name: string,
  choices: readonly [Choice, ...Choice[]],
  parameters: ReadonlyMap<string, string>,
  fail: Fail,
): Choice {
  const value = parameters.get(name)
  if (value === undefined) return choices[0]
  const choice = choices.find((one) => one === value)
  return choice ?? fail(`its ${name} is "${value}", must be ${choices.join(' or ')}`)
}

function readLayout(text: string | undefined, fail: Fail): LayoutName | undefined {
  if (text === undefined || text === 'native' || text === 'jaeger') return text
  return fail(`its layout is "${text}", must be native or jaeger`)
}

function readArchive(
  parameters: ReadonlyMap<string, string>,
  keyspace: string,
  fail: Fail,
): string | undefined {
  const archive = parameters.get('archive')
  if (archive === undefined) return undefined
  if (!isKeyspaceName(archive)) {
    return fail(`its archive "${archive}" must be a keyspace, ${keyspaceForm}`)
  }
  // Rows that never expire among those that do would keep their files for good.
  if (archive === keyspace) fail(`its archive is the keyspace of the spans, must be another one`)
  if (parameters.get('layout') === 'native') fail(archiveIsJaegers)
  return archive
}

/** Why layout native has no use for an archive of its own. */
export const archiveIsJaegers =
  'its archive is for layout jaeger: layout native archives in a table of its own'

function readConsistency(text: string | undefined, fail: Fail): ConsistencyName {
  if (text === undefined) return 'LOCAL_QUORUM'
  const name = consistencyNames.find((one) => one === text.toUpperCase())
  return name ?? fail(`its consistency is "${text}", must be ${consistencyNames.join(', ')}`)
}

function readReplication(text: string | undefined, fail: Fail): Replication {
  if (text === undefined) return { kind: 'simple', factor: 1 }
  const state = `its replication is "${text}", must be a factor such as 3, or dc1:3,dc2:3`
  const factorOf = (digits: string): number => (/^[1-9]\d?$/.test(digits) ? +digits : fail(state))
  if (!text.includes(':')) return { kind: 'simple', factor: factorOf(text) }
  const factors = new Map<string, number>()
  for (const part of text.split(',')) {
    const [, name = '', digits = ''] = /^([\w.-]+):(\d+)$/.exec(part) ?? fail(state)
    if (factors.has(name)) fail(`its replication names data centre "${name}" twice`)
    factors.set(name, factorOf(digits))
  }
  return { kind: 'datacentres', factors }
}

function readTls(parameters: ReadonlyMap<string, string>, fail: Fail): TlsFiles | undefined {
  const files = {
    ca: parameters.get('ca'),
    certificate: parameters.get('cert'),
    key: parameters.get('key'),
  }
  const hasFile = Object.values(files).some((file) => file !== undefined)
  const tls = readChoice('tls', hasFile ? ['true', 'false'] : ['false', 'true'], parameters, fail)
  if (tls === 'false' && hasFile) fail('it names a file for TLS, and has tls=false')
  if ((files.certificate === undefined) !== (files.key === undefined)) {
    fail('its cert and key go together, and one is missing')
  }
  return tls === 'true' ? files : undefined
}

function readContactPoints(text: string, fail: Fail): readonly ContactPoint[] {
  const parts = text.split(',')
  if (parts.length > contactPointsMax) {
    fail(`it names ${parts.length} hosts, must be at most ${contactPointsMax}`)
  }
  return parts.map((part) => {
    const [, bracketed, plain, digits] =
      /^(?:\[([\da-fA-F:.%]+)\]|([\w.-]+))(?::(\d*))?$/.exec(part) ??
      fail(part === '' ? 'it names no host' : `its host "${part}" is none`)
    const port = digits === undefined ? portDefault : Number(digits)
    if (port < 1 || port > 65_535) fail(`the port of its host "${part}" must be 1 to 65535`)
    return { host: bracketed ?? plain ?? '', port }
  })
}

function readCredentials(text: string, fail: Fail): CassandraAddress['credentials'] {
  const colon = text.indexOf(':')
  if (colon < 1) fail('it has a user without a password, or the reverse')
  return {
    username: decodePart(text.slice(0, colon), 'its user', fail),
    password: decodePart(text.slice(colon + 1), 'its password', fail),
  }
}

/** Whether a name needs no quotes in CQL, so that it means the same everywhere. */
export function isKeyspaceName(text: string): boolean {
  return /^[a-z][a-z0-9_]{0,47}$/.test(text)
}

function checkKeyspace(text: string, fail: Fail): string {
  if (text === '') fail('it names no keyspace')
  if (isKeyspaceName(text)) return text
  return fail(`its keyspace "${text}" must be ${keyspaceForm}`)
}

const keyspaceForm = 'a lower-case letter and then at most 47 of a-z, 0-9 and _'
