import { setTimeout } from 'node:timers/promises'
import type { ConnectionOptions } from 'node:tls'
import cassandra from 'cassandra-driver'
import { closeAfter, closeAll } from '../../errors/close-all.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ClusterNode } from '../../ports/store-facts.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { readPem } from '../read-pem.ts'
import type { CassandraAddress, TlsFiles } from './cassandra-address.ts'
import { clusterFailure, LateAnswer } from './cluster-failure.ts'
import { IdempotentRetries, SpeculativeReads } from './driver-policies.ts'
import { OwnerNames } from './owner-names.ts'
import { routingKeyOf } from './routing-key.ts'
import type { Bound, RowStatement } from './statement.ts'

/** Where a cluster is, and how long to wait for it; plain data, for any thread. */
export interface ClusterOptions {
  readonly address: CassandraAddress
  /** Until connected, for one node. */
  readonly connectTimeoutMs: number
  /** For one statement, retries included. */
  readonly timeoutMs: number
  /** A read that takes longer goes to another replica too; 0: never. */
  readonly speculativeAfterMs: number
}

/** How a cluster is spoken to. */
export interface SessionOptions extends ClusterOptions {
  readonly metrics?: Pick<Metrics, 'add' | 'record'> | undefined
  /** A node was lost or is back. */
  readonly onNode?: (address: string, isUp: boolean) => void
}

/** One page of rows. */
export interface Page {
  readonly rows: readonly cassandra.types.Row[]
  /** For the next page; undefined after the last one. */
  readonly pageState: string | undefined
}

/** A connection to a cluster: runs statements, each within its deadline, and counts them. */
export class ClusterSession {
  /** The one that is asked: who connects again need not look for it. */
  readonly datacentre: string
  /** Empty where there is none. */
  readonly keyspace: string
  readonly #client: cassandra.Client
  readonly #options: SessionOptions
  readonly #owners: OwnerNames
  /** All nodes that the driver has spoken of. */
  readonly #hosts: ReadonlySet<cassandra.Host>

  /**
   * Connects; resolves when a node of the data centre answers.
   *
   * @param keyspace is used for all statements; undefined: none
   * @throws GatewayError 'store_unavailable' when none does, 'store_unusable' for wrong credentials
   */
  static async connect(
    options: SessionOptions,
    keyspace: string | undefined,
  ): Promise<ClusterSession> {
    const action = connectAction(options)
    const datacentre = options.address.datacentre ?? (await onlyDatacentre(options))
    const client = new cassandra.Client(clientOptions(options, datacentre, keyspace))
    const hosts = new Set<cassandra.Host>()
    for (const event of ['hostAdd', 'hostRemove', 'hostDown', 'hostUp']) {
      client.on(event, (host: cassandra.Host) => hosts.add(host))
    }
    // Without a listener the driver's events would go nowhere; it throws what matters.
    client.on('hostDown', (host: cassandra.Host) => options.onNode?.(host.address, false))
    client.on('hostUp', (host: cassandra.Host) => options.onNode?.(host.address, true))
    const session = new ClusterSession(client, options, {
      hosts,
      datacentre,
      keyspace: keyspace ?? '',
    })
    try {
      await client.connect()
      for (const host of client.hosts.values()) hosts.add(host)
      return session
    } catch (error) {
      return closeAfter(clusterFailure(action, error), () => session.close())
    }
  }

  private constructor(client: cassandra.Client, options: SessionOptions, place: Place) {
    this.#client = client
    this.#options = options
    this.#hosts = place.hosts
    this.datacentre = place.datacentre
    this.#owners = new OwnerNames(place.datacentre)
    this.keyspace = place.keyspace
  }

  /** Runs a statement and gives its rows, at most one page of them. */
  async run(action: string, { name, kind, cql, timedBy, values }: Bound): Promise<Page['rows']> {
    const { rows } = await this.#measured(action, name, () =>
      this.#client.execute(cql, [...values], {
        ...shared,
        ...timeOf(timedBy),
        isIdempotent: true,
        fetchSize: pageMax,
      }),
    )
    if (kind === 'read' && rows.length === pageMax) {
      throw new RangeError(`Cannot run ${name}: it has more than a page of rows`)
    }
    return rows
  }

  /** Runs a statement and gives all its rows, read page by page. */
  async all(action: string, statement: Bound): Promise<Page['rows']> {
    const rows: cassandra.types.Row[] = []
    let pageState: string | undefined
    do {
      const page = await this.page(action, statement, allPageRows, pageState)
      rows.push(...page.rows)
      pageState = page.pageState
    } while (pageState !== undefined)
    return rows
  }

  /** Runs a statement for one page of its rows. */
  async page(
    action: string,
    { name, cql, values }: Bound,
    fetchSize: number,
    pageState?: string,
  ): Promise<Page> {
    const result = await this.#measured(action, name, () =>
      this.#client.execute(cql, [...values], {
        ...shared,
        isIdempotent: true,
        fetchSize,
        ...(pageState === undefined ? {} : { pageState }),
      }),
    )
    return { rows: result.rows ?? [], pageState: result.pageState ?? undefined }
  }

  /**
   * The nodes of the data centre that have the partition of a statement; empty where that says nothing: the
   * statement does not tell its partition, or there is one node alone.
   */
  ownersOf(statement: RowStatement, values: readonly unknown[]): string {
    if (this.#client.hosts.length < 2) return ''
    const key = routingKeyOf(statement, values)
    if (key === undefined) return ''
    const owners: readonly cassandra.Host[] | null = this.#client.getReplicas(this.keyspace, key)
    return owners ? this.#owners.of(owners) : ''
  }

  /** Runs writes of one partition together: all are stored, or none. */
  async batch(action: string, statements: readonly Bound[]): Promise<void> {
    const [first] = statements
    if (first === undefined) return
    const queries = statements.map(({ cql, values }) => ({ query: cql, params: [...values] }))
    await (statements.length === 1 ? this.run(action, first) : this.#batch(action, first, queries))
  }

  /**
   * Runs a statement that stores a row for each of these values. Rows of one partition are stored all or none; of
   * several some may be stored when it fails. The first says where they go, so all should be of partitions that the
   * same nodes have (`ownersOf`).
   */
  async store(
    action: string,
    { name, cql, timedBy }: RowStatement,
    rows: readonly (readonly unknown[])[],
  ): Promise<void> {
    const [first] = rows
    if (first === undefined) return
    if (rows.length === 1) {
      await this.run(action, { name, kind: 'write', cql, timedBy, values: first })
      return
    }
    // The driver leaves the values as they are.
    const queries = rows.map((values) => ({ query: cql, params: values as unknown[] }))
    await this.#batch(action, { name, timedBy }, queries)
  }

  async #batch(
    action: string,
    { name, timedBy }: Pick<Bound, 'name' | 'timedBy'>,
    queries: readonly { readonly query: string; readonly params: unknown[] }[],
  ): Promise<void> {
    const options = { ...shared, ...timeOf(timedBy), logged: false, isIdempotent: true }
    await this.#measured(action, name, () => this.#client.batch([...queries], options))
  }

  /**
   * Runs a lightweight transaction, which is never repeated by itself.
   *
   * @returns the row that says whether it was applied
   */
  async transact(
    action: string,
    cql: string,
    values: readonly unknown[],
  ): Promise<cassandra.types.Row> {
    const result = await this.#measured(action, 'transaction', () =>
      this.#client.execute(cql, [...values], {
        ...shared,
        isIdempotent: false,
        serialConsistency: cassandra.types.consistencies.serial,
      }),
    )
    return result.first()
  }

  /**
   * Runs a statement as it is, for schemas and for what a schema describes.
   *
   * @returns its rows
   */
  async raw(action: string, cql: string, values: readonly unknown[] = []): Promise<Page['rows']> {
    const result = await this.#measured(action, 'schema', () =>
      this.#client.execute(cql, [...values], { ...shared, prepare: values.length > 0 }),
    )
    return result.rows ?? []
  }

  /** Waits until all nodes have the same schema. @throws GatewayError when they take too long */
  async agree(action: string, waitMaxMs: number): Promise<void> {
    const deadline = performance.now() + waitMaxMs
    const metadata = this.#client.metadata as AgreementCheck
    while (!(await metadata.checkSchemaAgreement())) {
      await setTimeout(agreementEveryMs)
      if (performance.now() < deadline) continue
      throw new GatewayError(
        'store_unavailable',
        `${action}: the nodes still have different schemas after ${waitMaxMs / 1000} s`,
      )
    }
  }

  /** The nodes as the driver sees them at the moment, by address. */
  nodes(): readonly ClusterNode[] {
    return this.#client.hosts
      .values()
      .map((host) => ({
        address: host.address,
        datacentre: host.datacenter,
        isUp: host.isUp(),
      }))
      .sort((left, right) => (left.address < right.address ? -1 : 1))
  }

  /** Ends all connections; safe to call twice. */
  async close(): Promise<void> {
    await closeAll([
      { client: () => this.#client.shutdown() },
      // The driver forgets a node that was lost while others were too, but not to ask for it: with such
      // a timer no process would ever end.
      {
        nodes: () =>
          closeAll(Array.from(this.#hosts, (host) => ({ [host.address]: ending(host) }))),
      },
    ])
  }

  async #measured<Result>(
    action: string,
    statement: string,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const { metrics, timeoutMs } = this.#options
    const started = performance.now()
    let outcome = 'done'
    try {
      return await withDeadline(run(), timeoutMs)
    } catch (error) {
      const failure = clusterFailure(action, error)
      outcome = failure.code
      throw failure
    } finally {
      const seconds = (performance.now() - started) / 1000
      metrics?.record('spangate_store_statement_seconds', seconds, { statement, outcome })
    }
  }
}

/** What is known of a cluster. */
interface Place {
  readonly hosts: ReadonlySet<cassandra.Host>
  readonly datacentre: string
  readonly keyspace: string
}

/** Missing in the driver's types; ends all timers and connections of one node, safe to call twice. */
type EndableHost = cassandra.Host & { shutdown(): Promise<void> }

function ending(host: cassandra.Host): () => Promise<void> {
  return () => (host as EndableHost).shutdown()
}

/** Documented, but missing in the driver's types. */
type AgreementCheck = cassandra.metadata.Metadata & { checkSchemaAgreement(): Promise<boolean> }

const agreementEveryMs = 100
/** Each session finds a node again by itself: reads must not come back long after writes. */
const reconnectMsMax = 2000
const shared = { prepare: true, captureStackTrace: false } as const
/** Documented of generators of times, but missing in the types of options: no time is sent, the coordinator takes its own. */
const timedByCluster = { timestamp: null as unknown as number }

function timeOf(timedBy: Bound['timedBy']): Partial<typeof timedByCluster> {
  return timedBy === 'cluster' ? timedByCluster : {}
}

const allPageRows = 2000
/** More rows than any statement has that is not read page by page. */
const pageMax = 20_000

async function withDeadline<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = globalThis.setTimeout(() => {
      reject(new LateAnswer(`no answer in ${timeoutMs} ms, store.cassandra.timeout`))
    }, timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // Whoever waited has been told.
    work.catch(() => {})
  }
}

function connectAction({ address }: SessionOptions): string {
  const hosts = address.contactPoints.map(({ host, port }) => hostAndPort(host, port))
  return `Cannot connect to Cassandra at ${hosts.slice(0, 3).join(', ')}${hosts.length > 3 ? ' …' : ''}`
}

/** The driver must be told where it is; a cluster with one data centre can be asked. */
async function onlyDatacentre(options: SessionOptions): Promise<string> {
  const action = connectAction(options)
  const client = new cassandra.Client({
    ...clientOptions(options, undefined, undefined),
    policies: { loadBalancing: new cassandra.policies.loadBalancing.RoundRobinPolicy() },
  })
  try {
    await client.connect()
    const names = new Set(client.hosts.values().map(({ datacenter }) => datacenter))
    const [name] = names
    if (name !== undefined && names.size === 1) return name
    throw new GatewayError(
      'bad_settings',
      `${action}: it has the data centres ${[...names].sort().join(', ')}; say dc= in the address`,
    )
  } catch (error) {
    throw clusterFailure(action, error)
  } finally {
    await client.shutdown()
  }
}

function clientOptions(
  { address, connectTimeoutMs, timeoutMs, speculativeAfterMs }: SessionOptions,
  datacentre: string | undefined,
  keyspace: string | undefined,
): cassandra.DseClientOptions {
  const { contactPoints, credentials, consistency, tls } = address
  const { loadBalancing, reconnection } = cassandra.policies
  const [first] = contactPoints
  return {
    contactPoints: contactPoints.map(({ host, port }) => hostAndPort(host, port)),
    ...(keyspace === undefined ? {} : { keyspace }),
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
    ...(tls === undefined ? {} : { sslOptions: tlsOptions(tls) }),
    encoding: { useBigIntAsLong: true },
    policies: {
      // Said here and not as `localDataCenter`, of which the driver would leave its first connection open for good
      // when no node is there.
      loadBalancing: new loadBalancing.TokenAwarePolicy(
        new loadBalancing.DCAwareRoundRobinPolicy(datacentre ?? ''),
      ),
      reconnection: new reconnection.ExponentialReconnectionPolicy(250, reconnectMsMax),
      retry: new IdempotentRetries(),
      ...(speculativeAfterMs > 0
        ? { speculativeExecution: new SpeculativeReads(speculativeAfterMs) }
        : {}),
    },
    // Nodes that the cluster tells of listen on the port of the first one.
    protocolOptions: { port: first?.port ?? 0, maxSchemaAgreementWaitSeconds: 30 },
    queryOptions: { consistency: cassandra.types.consistencies[consistencyOf(consistency)] },
    socketOptions: { connectTimeout: connectTimeoutMs, readTimeout: timeoutMs },
    // Nothing is told to anybody.
    monitorReporting: { enabled: false },
  }
}

function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

type DriverConsistency = keyof typeof cassandra.types.consistencies

/** `LOCAL_QUORUM` is `localQuorum` to the driver. */
function consistencyOf(name: CassandraAddress['consistency']): DriverConsistency {
  const camel = name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  return camel as DriverConsistency
}

function tlsOptions({ ca, certificate, key }: TlsFiles): ConnectionOptions {
  return {
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca: readPem('ca', ca) }),
    ...(certificate === undefined ? {} : { cert: readPem('cert', certificate) }),
    ...(key === undefined ? {} : { key: readPem('key', key) }),
  }
}
