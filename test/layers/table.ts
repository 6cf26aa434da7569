/**
 * The import table: which folder may import which, and which libraries.
 *
 * `test/layers.test.ts` runs it over every source file and over the overrides in `biome.json`, which
 * say the same in the editor. To allow an edge, change it here; the test prints what biome.json
 * must then hold.
 */

/** What the files of one folder may import besides their own folder. */
export interface Layer {
  /** Why the limits are as they are; the editor shows it at a forbidden import. */
  readonly reason: string
  /** Folders whose files may be imported, each with everything below it. */
  readonly folders: readonly string[]
  /** Of these folders only types may be imported. */
  readonly typeFolders?: readonly string[]
  /** Packages that may be imported, a trailing `/*` allowing all of a scope. */
  readonly packages: readonly string[]
  /** Of these packages only types may be imported. */
  readonly typePackages?: readonly string[]
  /** The only Node modules that may be imported; left out, all of them. */
  readonly builtins?: readonly string[]
  /** True where no clock, chance, timer, console or process may be touched. */
  readonly pure?: true
}

const everything = ['bridge', 'proto/gen', 'src', 'test', 'bench', 'scripts']
const generated = ['proto/gen']
const logger = ['pino']
const grpc = ['@grpc/grpc-js', '@grpc/proto-loader']
const pureBuiltins = ['node:assert/strict', 'node:buffer']

const pureReason = 'bridge/ is pure: no I/O, clock, chance or log, and nothing of src/'
const formatReason = `${pureReason}; a format knows the model, never another format`
const translatorReason = `${pureReason}; a format knows the model and OTLP, in which it is encoded, never another format`

function pure(reason: string, folders: readonly string[]): Layer {
  return {
    reason,
    folders,
    typeFolders: generated,
    packages: ['xxhash-wasm'],
    builtins: pureBuiltins,
    pure: true,
  }
}

/** Every folder with sources. The longest name that fits a file is its folder. */
export const layers: Readonly<Record<string, Layer>> = {
  'bridge/wire': pure(pureReason, []),
  'bridge/model': pure(pureReason, ['bridge/wire']),
  'bridge/otlp': pure(formatReason, ['bridge/model', 'bridge/wire', 'bridge/repair']),
  'bridge/jaeger-proto': pure(translatorReason, [
    'bridge/model',
    'bridge/wire',
    'bridge/repair',
    'bridge/otlp',
  ]),
  'bridge/jaeger-json': pure(
    `${pureReason}; Jaeger's JSON is its protobuf messages in other letters, and made of them`,
    ['bridge/model', 'bridge/wire', 'bridge/otlp', 'bridge/jaeger-proto'],
  ),
  'bridge/thrift': pure(`${pureReason}; Thrift's protocols, whatever structs they carry`, [
    'bridge/wire',
  ]),
  'bridge/zipkin': pure(translatorReason, [
    'bridge/model',
    'bridge/wire',
    'bridge/thrift',
    'bridge/repair',
    'bridge/otlp',
  ]),
  'bridge/jaeger-thrift': pure(
    `${pureReason}; it moves fields between Jaeger's two encodings, which bridge/jaeger-proto reads and writes`,
    ['bridge/model', 'bridge/wire', 'bridge/thrift', 'bridge/jaeger-proto'],
  ),
  'bridge/jaeger-sampling': pure(
    `${pureReason}; what is sampled is no span, so it knows no model`,
    ['bridge/wire'],
  ),
  'bridge/repair': pure(`${pureReason}; a repair knows the model and no format`, [
    'bridge/model',
    'bridge/wire',
  ]),
  'bridge/propagation': {
    ...pure(`${pureReason}; headers carry references to spans, never spans`, []),
    packages: ['@opentelemetry/api'],
  },
  'bridge/opentelemetry': {
    ...pure(
      `${pureReason}; it fills the SDK's interface, whose types are all that it has of the SDK`,
      ['bridge/model', 'bridge/wire', 'bridge/propagation', 'bridge/jaeger-sampling'],
    ),
    packages: ['@opentelemetry/api'],
    typePackages: ['@opentelemetry/sdk-trace-base'],
  },
  'bridge/opentracing': {
    ...pure(
      `${pureReason}; it fills the interfaces of OpenTracing, and records through OpenTelemetry's`,
      ['bridge/model', 'bridge/propagation'],
    ),
    packages: ['@opentelemetry/api', 'opentracing'],
    typePackages: ['@opentelemetry/sdk-trace-base'],
  },
  'proto/gen': {
    reason: 'generated from proto/, types only',
    folders: [],
    packages: [],
    typePackages: grpc,
    builtins: [],
  },
  'src/errors': {
    reason: 'errors are below everything else and know only the wire error they carry on',
    folders: ['bridge/wire'],
    typeFolders: generated,
    packages: [],
  },
  'src/config': {
    reason: 'settings are a table; nothing is started by reading them',
    folders: [],
    typeFolders: generated,
    packages: ['commander', 'yaml', 'zod'],
  },
  'src/telemetry': {
    reason: 'logs and metrics are handed to the parts, and know none of them',
    folders: [],
    typeFolders: generated,
    packages: ['@opentelemetry/*', 'pino'],
  },
  'src/ports': {
    reason: 'a port is an interface in terms of the model',
    folders: ['bridge'],
    typeFolders: generated,
    packages: [],
  },
  'src/transport': {
    reason: 'listeners carry bytes; what is in them is the business of receivers and query',
    folders: ['bridge/wire', 'src/errors', 'src/telemetry'],
    typeFolders: generated,
    packages: [...grpc, 'grpc-health-check'],
    typePackages: logger,
  },
  'src/search': {
    reason: 'what a query means is the same for every store, so it knows none',
    folders: ['bridge', 'src/ports', 'src/errors'],
    typeFolders: generated,
    packages: ['re2js'],
  },
  'src/blocks': {
    reason: 'a block is bytes and arrays; where they are kept is the business of the stores',
    folders: ['bridge', 'src/ports', 'src/search', 'src/errors'],
    typeFolders: generated,
    packages: [],
    builtins: pureBuiltins,
    pure: true,
  },
  'src/pipeline': {
    reason: 'the pipeline knows ports, not who fills them',
    folders: ['bridge', 'src/ports', 'src/errors', 'src/telemetry'],
    typeFolders: generated,
    packages: ['xxhash-wasm'],
    typePackages: logger,
  },
  'src/stores': {
    reason: 'a store fills the port; it is reached by nothing but the port',
    folders: [
      'bridge',
      'src/ports',
      'src/search',
      'src/blocks',
      'src/errors',
      'src/telemetry',
      'src/stores/remote',
    ],
    typeFolders: generated,
    packages: ['better-sqlite3', 'cassandra-driver', 'xxhash-wasm'],
    typePackages: logger,
  },
  'src/stores/remote': {
    reason:
      'a store that is kept by another process; it speaks the protocol that src/query serves, by the same definitions',
    folders: [
      'bridge',
      'src/ports',
      'src/search',
      'src/errors',
      'src/telemetry',
      'src/stores',
      'src/transport',
    ],
    typeFolders: generated,
    packages: ['@grpc/grpc-js'],
  },
  'src/receivers': {
    reason: 'receivers hand batches to a sink; they know no store and no query',
    folders: ['bridge', 'src/ports', 'src/transport', 'src/errors', 'src/telemetry'],
    typeFolders: generated,
    packages: grpc,
    typePackages: logger,
  },
  'src/sampling': {
    reason: 'what clients are told to sample; it knows no store, receiver or query',
    folders: ['bridge', 'src/ports', 'src/transport', 'src/errors', 'src/telemetry'],
    packages: ['@grpc/grpc-js', 'yaml'],
    typePackages: logger,
  },
  'src/client': {
    reason:
      'a client runs in the programs of others: it knows the bridge and no part of the gateway',
    folders: ['bridge'],
    packages: ['@grpc/grpc-js', '@opentelemetry/api'],
    typePackages: ['@opentelemetry/sdk-trace-base'],
  },
  'src/query': {
    reason: 'query services read a port; they know no store and no receiver',
    folders: ['bridge', 'src/ports', 'src/transport', 'src/search', 'src/errors', 'src/telemetry'],
    typeFolders: generated,
    packages: grpc,
    typePackages: logger,
  },
  'src/status': {
    reason: 'how the gateway does, from ports and counters; it asks no part that it is not handed',
    folders: ['src/ports', 'src/telemetry'],
    packages: [],
  },
  'src/cli': {
    reason: 'commands are wiring',
    folders: ['bridge', 'src'],
    typeFolders: generated,
    packages: ['commander', ...grpc],
    typePackages: logger,
  },
  'src/gateway.ts': {
    reason: 'the wiring of all parts; libraries belong to the parts',
    folders: ['bridge', 'src'],
    typeFolders: generated,
    packages: [],
    typePackages: logger,
  },
  'src/adaptive-parameters.ts': {
    reason:
      'the wiring of settings to adaptive sampling; it stands beside gateway.ts, whose part it is',
    folders: ['bridge', 'src'],
    typeFolders: generated,
    packages: [],
  },
  'src/listeners.ts': {
    reason: 'the wiring of the ports; it stands beside gateway.ts, whose part it is',
    folders: ['bridge', 'src'],
    typeFolders: generated,
    packages: [],
    typePackages: logger,
  },
  'src/query-side.ts': {
    reason: 'the wiring of the query APIs; it stands beside gateway.ts, whose part it is',
    folders: ['bridge', 'src'],
    typeFolders: generated,
    packages: [],
    typePackages: logger,
  },
  'src/version.ts': {
    reason: 'the version of the program, for main.ts and gateways in the programs of others',
    folders: [],
    packages: [],
  },
  'src/embedded-gateway.ts': {
    reason: 'settings and a logger for the gateway in a program of somebody else',
    folders: ['bridge', 'src'],
    typeFolders: generated,
    packages: logger,
  },
  'src/main.ts': {
    reason: 'argv, signals, the root logger and the exit code',
    folders: ['bridge', 'src'],
    typeFolders: generated,
    packages: ['commander', ...logger],
  },
  test: { reason: 'tests may import everything', folders: everything, packages: ['*'] },
  bench: { reason: 'benchmarks may import everything', folders: everything, packages: ['*'] },
  scripts: { reason: 'scripts may import everything', folders: everything, packages: ['*'] },
}

/** Folders whose files are checked. */
export const roots: readonly string[] = everything
