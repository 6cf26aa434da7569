import type { Setting } from './setting.ts'

const mebi = 1024 * 1024
const hourMs = 3_600_000

/** The settings of the stores, as a part of the table in settings.ts. */
export const storeSettings = {
  'store.retention': {
    type: 'durationMs',
    default: 72 * hourMs,
    min: 60_000,
    doc: 'Spans are removed this long after they arrived.',
  },
  'store.archive': {
    type: 'choice',
    default: 'on',
    choices: ['on', 'off'],
    doc: 'Whether traces can be archived: kept for good beside the others, in the same store (docs/storage.md).',
  },
  'store.clock-grace': {
    type: 'durationMs',
    default: 24 * hourMs,
    min: 0,
    doc: 'After the clock jumped forward by over an hour nothing expires until it is back or this time has passed.',
  },
  'store.memory.max-bytes': {
    type: 'sizeBytes',
    default: 512 * mebi,
    min: mebi,
    doc: 'Most bytes that `memory:` keeps; beyond it the oldest arrivals are removed.',
  },
  'store.memory.archive-max-bytes': {
    type: 'sizeBytes',
    default: 64 * mebi,
    min: mebi,
    doc: 'Most bytes of the archived traces of `memory:`, besides store.memory.max-bytes; beyond it archiving is refused with UNAVAILABLE.',
  },
  'store.sqlite.max-bytes': {
    type: 'sizeBytes',
    default: 10 * 1024 * mebi,
    min: 64 * mebi,
    doc: 'Most bytes that the files of `sqlite:` take together; beyond it the oldest hours are removed, also before store.retention.',
  },
  'store.sqlite.archive-max-bytes': {
    type: 'sizeBytes',
    default: 1024 * mebi,
    min: mebi,
    doc: 'Most bytes of the file with the archived traces of `sqlite:`, besides store.sqlite.max-bytes; beyond it archiving is refused with UNAVAILABLE.',
  },
  'store.sqlite.readers': {
    type: 'integer',
    default: 2,
    min: 1,
    max: 64,
    doc: 'Threads that read for queries from a `sqlite:` store.',
  },
  'store.sqlite.max-waiting-reads': {
    type: 'integer',
    default: 1024,
    min: 1,
    max: 65_536,
    doc: 'Reads for queries that may wait for a thread of store.sqlite.readers; one more is refused with UNAVAILABLE and RetryInfo.',
  },
  'store.cassandra.timeout': {
    type: 'durationMs',
    default: 5000,
    min: 100,
    max: hourMs,
    doc: 'How long `cassandra:` waits for one statement, retries included.',
  },
  'store.cassandra.connect-timeout': {
    type: 'durationMs',
    default: 5000,
    min: 100,
    max: hourMs,
    doc: 'How long `cassandra:` waits for a connection to one node.',
  },
  'store.cassandra.speculative-after': {
    type: 'durationMs',
    default: 0,
    min: 0,
    max: 10_000,
    doc: 'A read from `cassandra:` that takes longer is sent to another replica too; 0: never.',
  },
  'store.cassandra.max-request-size': {
    type: 'sizeBytes',
    default: 1024 * mebi,
    min: mebi,
    doc: "Most bytes of the rows that the spans of one request become in `cassandra:`, where a resource is repeated in each trace, with Jaeger's tables in each span; a request that would have more is refused as too large.",
  },
  'store.cassandra.tenant-retention': {
    type: 'namedDurations',
    default: '',
    min: 60_000,
    doc: 'Tenants whose spans the layout native of `cassandra:` keeps for another time than store.retention: `blue:24h,green:720h`.',
  },
  'store.cassandra.jaeger.max-span-tags': {
    type: 'integer',
    default: 512,
    min: 0,
    max: 100_000,
    doc: "Rows that one span may have in the `tag_index` of Jaeger's tables. A span with more tags is found by the others too, but by being read.",
  },
  'store.cassandra.jaeger.max-request-tags': {
    type: 'integer',
    default: 500_000,
    min: 0,
    max: 100_000_000,
    doc: "Rows that the spans of one request may have together in the `tag_index` of Jaeger's tables; beyond it spans are found by their tags by being read.",
  },
  'store.remote.timeout': {
    type: 'durationMs',
    default: 10_000,
    min: 100,
    max: hourMs,
    doc: 'How long `grpc:` waits for an answer, and for each message of a stream; a search has search.max-time.',
  },
  'store.remote.connect-timeout': {
    type: 'durationMs',
    default: 5000,
    min: 100,
    max: hourMs,
    doc: 'How long `grpc:` waits for the first connection when the gateway starts.',
  },
  'store.remote.max-request-size': {
    type: 'sizeBytes',
    default: 4 * mebi,
    min: 64 * 1024,
    max: 1024 * mebi,
    doc: 'Most bytes that `grpc:` sends in one request; 4 MiB is what gRPC servers take unless they are told otherwise. Only a single span that is longer makes a longer one.',
  },
  'store.remote.max-message-size': {
    type: 'sizeBytes',
    default: 64 * mebi,
    min: mebi,
    max: 1024 * mebi,
    doc: 'Largest message that `grpc:` takes from the remote storage. A spangate sends at most 1 MiB, a Jaeger may send a whole trace in one message.',
  },
  'store.remote.max-depth': {
    type: 'integer',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    doc: 'Most traces that `grpc:` asks the remote storage for in one search. One that keeps traces in memory refuses more than it may keep.',
  },
} as const satisfies Record<string, Setting>
