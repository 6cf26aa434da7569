/** How a node of Cassandra is started. */
export interface CassandraOptions {
  /** When a write counts as stored: `batch` survives kill -9, `periodic` costs less. */
  readonly commitLog?: 'batch' | 'periodic'
  /**
   * For measurements: more memory, all that the compiler can do, for a slower start, and files that are compressed
   * as their table says from the first (Cassandra leaves that to compaction).
   */
  readonly isFast?: boolean
  /** Users and passwords; the first user is cassandra, with that password too. */
  readonly hasUsers?: boolean
  /** A PKCS12 file with the server's key, its password being `cassandra`: clients must use TLS. */
  readonly keystore?: string
}

/** Where a node listens, and with whom it is a cluster. */
export interface CassandraAddresses {
  /** One of 127.0.0.0/8, other for each node of a cluster, as the ports are the same. */
  readonly address: string
  readonly port: number
  readonly storagePort: number
  /** Addresses of the nodes that it asks who else there is; its own is enough for one node. */
  readonly seeds: readonly string[]
  /** Of its only range of the ring; undefined: any, as one node has all of it. */
  readonly token?: string
}

/** Where a node keeps its files, and listens. */
export interface CassandraPlace extends CassandraAddresses {
  readonly directory: string
}

/**
 * The configuration of one small node, for cassandra.yaml (JSON is YAML).
 *
 * Source of the names: Cassandra 5.0, conf/cassandra_latest.yaml.
 */
export function cassandraConfig(place: CassandraPlace, options: CassandraOptions): string {
  const { directory, address, port, storagePort, token } = place
  const seeds = place.seeds.map((seed) => `${seed}:${storagePort}`).join(',')
  return JSON.stringify({
    cluster_name: 'spangate tests',
    num_tokens: 1,
    ...(token === undefined ? {} : { initial_token: token }),
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    auto_bootstrap: false,
    endpoint_snitch: 'SimpleSnitch',
    seed_provider: [
      { class_name: 'org.apache.cassandra.locator.SimpleSeedProvider', parameters: [{ seeds }] },
    ],
    listen_address: address,
    rpc_address: address,
    storage_port: storagePort,
    native_transport_port: port,
    data_file_directories: [`${directory}/data`],
    commitlog_directory: `${directory}/commitlog`,
    saved_caches_directory: `${directory}/saved_caches`,
    hints_directory: `${directory}/hints`,
    cdc_raw_directory: `${directory}/cdc_raw`,
    ...(options.isFast ? { flush_compression: 'table' } : {}),
    commitlog_sync: options.commitLog ?? 'periodic',
    ...(options.commitLog === 'batch' ? {} : { commitlog_sync_period: '1000ms' }),
    commitlog_total_space: '512MiB',
    // Tests drop nothing that anybody wants back.
    auto_snapshot: false,
    memtable: { configurations: { default: { class_name: 'TrieMemtable' } } },
    sstable: { selected_format: 'bti' },
    storage_compatibility_mode: 'NONE',
    key_cache_size: '0MiB',
    concurrent_compactors: 1,
    file_cache_size: '64MiB',
    dynamic_snitch: false,
    authenticator: options.hasUsers ? 'PasswordAuthenticator' : 'AllowAllAuthenticator',
    authorizer: options.hasUsers ? 'CassandraAuthorizer' : 'AllowAllAuthorizer',
    role_manager: 'CassandraRoleManager',
    // Rights count at once.
    permissions_validity: '0ms',
    roles_validity: '0ms',
    ...(options.keystore === undefined
      ? {}
      : {
          client_encryption_options: {
            enabled: true,
            optional: false,
            keystore: options.keystore,
            keystore_password: 'cassandra',
            store_type: 'PKCS12',
            require_client_auth: false,
          },
        }),
  })
}

/** Files that the arguments of java name. */
export interface JavaPaths {
  /** Has the jars in `lib`. */
  readonly home: string
  /** Of the node. */
  readonly directory: string
  /** How long a node that starts waits for what the others say of the ring; 0 where there are none. */
  readonly ringDelayMs: number
  /** The jar of the agent by which Cassandra measures objects. */
  readonly jamm: string
  readonly logback: string
}

/**
 * Arguments of java. Modules are opened as Cassandra's own conf/jvm17-server.options does; the rest
 * makes a node start in half of the usual time: no waiting for gossip, and unless it is fast one compiler.
 */
export function javaArguments(
  { home, directory, ringDelayMs, jamm, logback }: JavaPaths,
  isFast: boolean,
): readonly string[] {
  const opened = [
    'java.io',
    'java.lang',
    'java.lang.module',
    'java.lang.reflect',
    'java.math',
    'java.net',
    'java.nio',
    'java.util',
    'java.util.concurrent',
    'java.util.concurrent.atomic',
    'jdk.internal.loader',
    'jdk.internal.math',
    'jdk.internal.module',
    'jdk.internal.ref',
    'jdk.internal.reflect',
    'jdk.internal.util.jar',
    'jdk.internal.vm',
    'sun.nio.ch',
  ].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)
  const exported = [
    'java.base/jdk.internal.misc',
    'java.base/jdk.internal.ref',
    'java.base/sun.nio.ch',
    'java.management.rmi/com.sun.jmx.remote.internal.rmi',
    'java.rmi/sun.rmi.registry',
    'java.rmi/sun.rmi.server',
    'java.sql/java.sql',
    'jdk.attach/sun.tools.attach',
  ].map((name) => `--add-exports=${name}=ALL-UNNAMED`)
  return [
    ...exported,
    ...opened,
    '--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED',
    '-Xss256k',
    '-Xms128m',
    ...(isFast ? ['-Xmx2g', '-XX:+UseG1GC'] : ['-Xmx768m', '-XX:TieredStopAtLevel=1']),
    '-XX:MaxDirectMemorySize=512m',
    '-XX:+PerfDisableSharedMem',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.net.preferIPv4Stack=true',
    '-Djdk.attach.allowAttachSelf=true',
    '-Dio.netty.tryReflectionSetAccessible=true',
    '-Dchronicle.analytics.disable=true',
    `-javaagent:${jamm}`,
    `-Dlogback.configurationFile=${logback}`,
    `-Dcassandra.config=file://${directory}/cassandra.yaml`,
    `-Dcassandra.storagedir=${directory}`,
    `-Dcassandra.logdir=${directory}`,
    `-Dcassandra.triggers_dir=${directory}/triggers`,
    `-Djava.io.tmpdir=${directory}/tmp`,
    '-Dcassandra-foreground=yes',
    `-Dcassandra.ring_delay_ms=${ringDelayMs}`,
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-Dcassandra.superuser_setup_delay_ms=0',
    '-Dcassandra.shutdown_announce_in_ms=0',
    '-cp',
    `${home}/lib/*`,
    'org.apache.cassandra.service.CassandraDaemon',
  ]
}
