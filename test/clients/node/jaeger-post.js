// Sends the order story with @grpc/grpc-js and Jaeger's published proto files to
// jaeger.api_v2.CollectorService and prints what it sent.
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { compressionAlgorithms, credentials, loadPackageDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { readOptions } from './options.js'

const options = readOptions({ endpoint: '127.0.0.1:14250' })
const folder = options.protos || fileURLToPath(new URL('../protos', import.meta.url))
const { jaeger } = loadPackageDefinition(
  loadSync('collector.proto', { includeDirs: [`${folder}/api_v2`, folder], keepCase: true }),
)
const collector = new jaeger.api_v2.CollectorService(
  options.endpoint,
  credentials.createInsecure(),
  {
    'grpc.default_compression_algorithm': options.gzip
      ? compressionAlgorithms.gzip
      : compressionAlgorithms.identity,
  },
)

const string = (key, v_str) => ({ key, v_type: 'STRING', v_str })
const bool = (key, v_bool) => ({ key, v_type: 'BOOL', v_bool })
const int = (key, v_int64) => ({ key, v_type: 'INT64', v_int64 })
const double = (key, v_float64) => ({ key, v_type: 'FLOAT64', v_float64 })
const binary = (key, bytes) => ({ key, v_type: 'BINARY', v_binary: Buffer.from(bytes) })

/** Milliseconds and nanoseconds since the epoch, or a length, as protobuf has them. */
function time(ms, nanos = 0) {
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 + nanos }
}

function createOrder(i, start) {
  const low = createHash('sha256').update(`${options.run}/${i}`).digest().subarray(0, 8)
  // Every second trace has a 64-bit id, as clients without 128-bit ids send it.
  const high = i % 2 === 0 ? Buffer.alloc(8) : Buffer.from('5a17000000000002', 'hex')
  const trace_id = Buffer.concat([high, low])
  const [root, query, mail] = [0x11, 0x22, 0x33].map((n) => Buffer.from([n, 0, 0, 0, 0, 0, 0, i]))
  return {
    process: {
      service_name: 'node-orders',
      tags: [
        string('ip', '10.0.0.7'),
        int('pid', '9007199254740993'),
        bool('canary', true),
        double('weight', 0.75),
        binary('build', [0xca, 0xfe]),
      ],
    },
    spans: [
      {
        trace_id,
        span_id: root,
        operation_name: 'POST /orders',
        flags: 1,
        start_time: time(start),
        duration: time(20 + i, 789),
        tags: serverTags(i),
        logs: serverLogs(start),
      },
      {
        trace_id,
        span_id: query,
        operation_name: 'SELECT orders',
        flags: 1,
        references: [{ trace_id, span_id: root, ref_type: 'CHILD_OF' }],
        start_time: time(start + 2),
        duration: time(9),
        tags: [string('span.kind', 'client'), string('db.system', 'sqlite')],
        process: { service_name: 'node-orders-db', tags: [string('shard', 'a')] },
      },
      {
        trace_id,
        span_id: mail,
        operation_name: 'send mail',
        flags: 1,
        references: [
          { trace_id, span_id: query, ref_type: 'FOLLOWS_FROM' },
          {
            trace_id: Buffer.from('ffeeddccbbaa99887766554433221100', 'hex'),
            span_id: Buffer.from('ffeeddccbbaa9988', 'hex'),
            ref_type: 'FOLLOWS_FROM',
          },
        ],
        start_time: time(start + 30),
        duration: time(5),
        tags: [string('span.kind', 'consumer')],
      },
    ],
  }
}

function serverTags(i) {
  const tags = [
    string('span.kind', 'server'),
    string('test.run', options.run),
    string('customer', 'Zoë'),
    int('order.number', String(9_007_199_254_740_993n + BigInt(i))),
    double('order.total', 12.5 + i),
    bool('order.gift', i % 2 === 0),
    binary('order.digest', [0, 1, 254, 255]),
    string('empty', ''),
  ]
  return i % 2 === 1 ? [...tags, bool('error', true)] : tags
}

function serverLogs(start) {
  return [
    {
      timestamp: time(start + 1),
      fields: [string('event', 'order.checked'), int('rows', '3'), bool('cached', true)],
    },
    {
      timestamp: time(start + 4),
      fields: [string('message', 'no event name'), double('ratio', 0.1), binary('raw', [1, 2])],
    },
  ]
}

const nano = ({ seconds, nanos }) => String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos))

const values = {
  STRING: (tag) => ({ string: tag.v_str }),
  BOOL: (tag) => ({ bool: tag.v_bool }),
  INT64: (tag) => ({ int: tag.v_int64 }),
  FLOAT64: (tag) => ({ double: tag.v_float64 }),
  BINARY: (tag) => ({ bytes: tag.v_binary.toString('base64') }),
}
const describeTags = (tags) => tags.map((tag) => ({ key: tag.key, value: values[tag.v_type](tag) }))

function describe(span, batchProcess) {
  const owner = span.process ?? batchProcess
  return {
    traceId: span.trace_id.toString('hex'),
    spanId: span.span_id.toString('hex'),
    operationName: span.operation_name,
    references: (span.references ?? []).map((ref) => ({
      type: ref.ref_type,
      traceId: ref.trace_id.toString('hex'),
      spanId: ref.span_id.toString('hex'),
    })),
    flags: span.flags,
    startNano: nano(span.start_time),
    durationNano: nano(span.duration),
    tags: describeTags(span.tags),
    logs: (span.logs ?? []).map((log) => ({
      timeNano: nano(log.timestamp),
      fields: describeTags(log.fields),
    })),
    process: { serviceName: owner.service_name, tags: describeTags(owner.tags) },
    warnings: [],
  }
}

function post(batch) {
  const deadline = Date.now() + 20_000
  return new Promise((resolve, reject) => {
    collector.PostSpans({ batch }, { deadline }, (error) => (error ? reject(error) : resolve()))
  })
}

function fail(error) {
  console.error(`jaeger-post: ${error.message}`)
  process.exit(1)
}

const sent = []
for (let i = 0; i < options.traces; i++) {
  const batch = createOrder(i, options.startMs + i * 1000)
  await post(batch).catch(fail)
  sent.push(...batch.spans.map((span) => describe(span, batch.process)))
}
collector.close()
console.log(JSON.stringify({ client: 'node-jaeger', spans: sent }))
