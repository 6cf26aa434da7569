import { samplingSettings } from './sampling-settings.ts'
import { searchSettings } from './search-settings.ts'
import type { Setting } from './setting.ts'
import { storeSettings } from './store-settings.ts'

const mebi = 1024 * 1024
const hourMs = 3_600_000

/**
 * Every setting of the program; flags, environment, YAML, `--help`, validation and docs/settings.md
 * all come from these rows.
 */
export const settings = {
  store: {
    type: 'string',
    default: 'sqlite:./spangate-data',
    doc: 'Where spans are kept: `sqlite:PATH` (a directory), `memory:`, `cassandra://user:password@host:9042,host2/keyspace?name=value` (docs/cassandra.md), or `grpc://host:17271?name=value`, a remote storage (docs/remote-storage.md).',
  },
  bind: {
    type: 'string',
    default: 'localhost',
    doc: 'Addresses to listen on, separated by commas. `localhost` is 127.0.0.1 and, where there is one, ::1; `0.0.0.0` is every IPv4 interface.',
  },
  'port-offset': {
    type: 'integer',
    default: 0,
    min: 0,
    max: 50_000,
    doc: 'Added to every port that is not set itself, so that a second spangate, or a Jaeger, can run beside the first.',
  },
  'otlp.grpc.port': {
    type: 'port',
    default: 4317,
    doc: 'Port of the OTLP gRPC receiver; 0 takes a free one.',
  },
  'otlp.grpc.max-message-size': {
    type: 'sizeBytes',
    default: 64 * mebi,
    min: 1024,
    max: 1024 * mebi,
    doc: 'Largest OTLP request, after decompression; a larger one is refused with RESOURCE_EXHAUSTED.',
  },
  'otlp.grpc.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of the OTLP gRPC receiver; one more is closed at once.',
  },
  'otlp.http.port': {
    type: 'port',
    default: 4318,
    doc: 'Port of the OTLP HTTP receiver, `/v1/traces` in protobuf and JSON; 0 takes a free one.',
  },
  'otlp.http.max-message-size': {
    type: 'sizeBytes',
    default: 64 * mebi,
    min: 1024,
    max: 1024 * mebi,
    doc: 'Largest OTLP request over HTTP, as it arrives and after decompression; a larger one is refused with 413.',
  },
  'otlp.http.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of the OTLP HTTP receiver; one more is closed at once.',
  },
  'otlp.http.cors.allowed-origins': {
    type: 'list',
    default: '',
    doc: 'Pages that may send from a browser, separated by commas: `https://shop.example`, `https://*.shop.example`, or `*` for all. They may send with credentials, as beacons do; nobody looks at these. Empty: none.',
  },
  'jaeger.grpc.port': {
    type: 'port',
    default: 14250,
    doc: 'Port of jaeger.api_v2.CollectorService, for Jaeger agents and collectors; 0 takes a free one.',
  },
  'jaeger.grpc.max-message-size': {
    type: 'sizeBytes',
    default: 64 * mebi,
    min: 1024,
    max: 1024 * mebi,
    doc: 'Largest PostSpans request, after decompression; a larger one is refused with RESOURCE_EXHAUSTED.',
  },
  'jaeger.grpc.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of jaeger.grpc.port; one more is closed at once.',
  },
  'jaeger.http.port': {
    type: 'port',
    default: 14268,
    doc: 'Port for Jaeger clients that send Thrift over HTTP, `/api/traces`; 0 takes a free one.',
  },
  'jaeger.http.max-message-size': {
    type: 'sizeBytes',
    default: 64 * mebi,
    min: 1024,
    max: 1024 * mebi,
    doc: 'Largest batch of Jaeger Thrift over HTTP, as it arrives and after decompression; a larger one is refused with 413.',
  },
  'jaeger.http.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of the port for Jaeger Thrift over HTTP; one more is closed at once.',
  },
  'zipkin.http.port': {
    type: 'port',
    default: 9411,
    doc: 'Port of the Zipkin receiver, `/api/v2/spans` in JSON and protobuf, `/api/v1/spans` in JSON and Thrift; 0 takes a free one.',
  },
  'zipkin.http.max-message-size': {
    type: 'sizeBytes',
    default: 64 * mebi,
    min: 1024,
    max: 1024 * mebi,
    doc: 'Largest Zipkin request, as it arrives and after decompression; a larger one is refused with 413.',
  },
  'zipkin.http.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of the Zipkin receiver; one more is closed at once.',
  },
  'zipkin.http.cors.allowed-origins': {
    type: 'list',
    default: '',
    doc: 'Pages that may send to the Zipkin receiver from a browser, as `otlp.http.cors.allowed-origins`. Empty: none.',
  },
  'storage.grpc.port': {
    type: 'port',
    default: 17271,
    doc: 'Port of jaeger.storage.v2, for a Jaeger 2 that has this gateway as its remote storage; 0 takes a free one.',
  },
  'storage.grpc.max-message-size': {
    type: 'sizeBytes',
    default: 64 * mebi,
    min: 1024,
    max: 1024 * mebi,
    doc: 'Largest request to store spans on the port of jaeger.storage.v2, after decompression; a larger one is refused with RESOURCE_EXHAUSTED.',
  },
  'storage.grpc.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of storage.grpc.port; one more is closed at once.',
  },
  'query.grpc.port': {
    type: 'port',
    default: 16685,
    doc: 'Port of the query services jaeger.api_v2 and jaeger.api_v3; 0 takes a free one.',
  },
  'query.grpc.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of query.grpc.port; one more is closed at once.',
  },
  'query.http.port': {
    type: 'port',
    default: 16686,
    doc: "Port of the HTTP API, Jaeger's JSON API and jaeger.api_v3; 0 takes a free one.",
  },
  'query.http.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of the HTTP API; one more is closed at once.',
  },
  'query.http.max-message-size': {
    type: 'sizeBytes',
    default: 16 * mebi,
    min: 1024,
    max: 1024 * mebi,
    doc: 'Largest body that the HTTP API takes, which only `POST /api/transform` does, as it arrives and after decompression; a larger one is refused with 413.',
  },
  'query.http.base-path': {
    type: 'list',
    default: '',
    doc: 'Path in front of all paths of the HTTP API, such as `/jaeger`, where a proxy passes it on, as `base_path` of a Jaeger; requests without it are answered too. Empty: none.',
  },
  'query.http.cors.allowed-origins': {
    type: 'list',
    default: '',
    doc: 'Pages that may ask the HTTP API from a browser, as `otlp.http.cors.allowed-origins`. Empty: none but those of the same origin.',
  },
  'query.max-clock-skew': {
    type: 'durationMs',
    default: 1000,
    max: hourMs,
    doc: 'Spans that lie outside of their parent, by the clock of another host, are shown moved into it by at most this; a warning on each says by how much. 0 moves none.',
  },
  'query.max-adjusted-spans': {
    type: 'integer',
    default: 250_000,
    min: 0,
    max: 5_000_000,
    doc: 'Traces of more spans are shown without a look at clock skew and shared span ids, which takes some 100 bytes a span; a warning on the first span says so.',
  },
  'query.max-trace-spans': {
    type: 'integer',
    default: 0,
    min: 0,
    max: 2_000_000_000,
    doc: 'Of a trace of more spans only the first so many are shown, in the order in which they are stored, and a warning on the first of them says so; for readers that cannot take long traces. 0 shows all. What is asked for raw comes whole.',
  },
  'query.max-adjusting-size': {
    type: 'sizeBytes',
    default: 128 * mebi,
    min: mebi,
    doc: 'Most bytes that all answers together hold of traces that they adjust. Beyond it traces are read twice instead, and beyond twice of it shown without a look at clock skew and shared span ids, as those of too many spans.',
  },
  'sampling.http.port': {
    type: 'port',
    default: 5778,
    doc: 'HTTP port on which clients ask what to sample: `/sampling` and `/`, as on a Jaeger agent; 0 takes a free one.',
  },
  'sampling.http.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of sampling.http.port; one more is closed at once.',
  },
  'sampling.grpc.port': {
    type: 'port',
    default: 5779,
    doc: 'Port of jaeger.api_v2.SamplingManager, which jaeger.grpc.port has too; 0 takes a free one.',
  },
  'sampling.grpc.max-connections': {
    type: 'integer',
    default: 2048,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of sampling.grpc.port; one more is closed at once.',
  },
  'jaeger.udp.compact.port': {
    type: 'port',
    default: 6831,
    doc: 'UDP port for Jaeger clients that send Thrift by the compact protocol; 0 takes a free one.',
  },
  'jaeger.udp.binary.port': {
    type: 'port',
    default: 6832,
    doc: 'UDP port for Jaeger clients that send Thrift by the binary protocol, as those for Node do; 0 takes a free one.',
  },
  'jaeger.udp.zipkin.port': {
    type: 'port',
    default: 5775,
    doc: "UDP port for the oldest Jaeger clients, which send Zipkin's spans by the compact protocol; 0 takes a free one.",
  },
  'jaeger.udp.max-packet-size': {
    type: 'sizeBytes',
    default: 65_000,
    min: 1024,
    max: 65_527,
    doc: 'Largest datagram; a larger one is dropped and counted.',
  },
  'jaeger.udp.max-queue-size': {
    type: 'sizeBytes',
    default: 16 * mebi,
    min: mebi,
    max: 1024 * mebi,
    doc: 'Most bytes of datagrams of one UDP port that wait for their turn or for the store; what comes beyond is dropped and counted.',
  },
  'admin.port': {
    type: 'port',
    default: 8888,
    doc: 'HTTP port of /healthz, /readyz and /metrics; 0 takes a free one.',
  },
  'admin.max-connections': {
    type: 'integer',
    default: 256,
    min: 1,
    max: 65_536,
    doc: 'Most open connections of admin.port; one more is closed at once.',
  },
  'admission.max-bytes': {
    type: 'sizeBytes',
    default: 256 * mebi,
    min: mebi,
    doc: 'Most bytes of requests in flight in the whole process: messages still arriving, decompressed ones, and those that wait for the store.',
  },
  'admission.wait': {
    type: 'durationMs',
    default: 2000,
    min: 0,
    max: hourMs,
    doc: 'How long a request waits for room, never past its own deadline, before it gets UNAVAILABLE with RetryInfo, over HTTP 503 with Retry-After. Once requests take over half of it, those on connections that have others under way get that at once.',
  },
  'admission.stalled-after': {
    type: 'durationMs',
    default: 10_000,
    min: 100,
    doc: 'While the bound of admission.max-bytes presses, a message of which less than 64 KiB has come for this long is closed, and one that is let in to its end before others has to come as fast as makes it whole within this. Over HTTP a message of which nothing comes for this long is always closed, with 408.',
  },
  ...storeSettings,
  ...searchSettings,
  ...samplingSettings,
  'shutdown.grace': {
    type: 'durationMs',
    default: 10_000,
    min: 0,
    max: hourMs,
    doc: 'How long requests under way may take to finish after a stop signal.',
  },
  'log.level': {
    type: 'choice',
    default: 'info',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    doc: 'Least severe lines to log; logs are JSON lines on stderr.',
  },
} as const satisfies Record<string, Setting>

/** Name of a setting: the flag without dashes, the YAML key. */
export type SettingName = keyof typeof settings

interface Types {
  string: string
  /** Separated by commas; `listOf` gives the entries. */
  list: string
  choice: string
  integer: number
  fraction: number
  number: number
  port: number
  durationMs: number
  /** `namedDurationsOf` gives them. */
  namedDurations: string
  sizeBytes: number
}

/** All settings with their defaults filled. */
export type Config = { readonly [K in SettingName]: Types[(typeof settings)[K]['type']] }

/** The environment variable of a setting: `otlp.grpc.port` is `SPANGATE_OTLP_GRPC_PORT`. */
export function environmentName(name: string): string {
  return `SPANGATE_${name.toUpperCase().replaceAll(/[.-]/g, '_')}`
}

/** The entries of a list, without empty ones. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}
