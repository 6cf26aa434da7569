import t from 'tap'
import type { TraceQueryParameters as QueryV2 } from '../../proto/gen/jaeger/api_v2/TraceQueryParameters.ts'
import type { TraceQueryParameters as QueryV3 } from '../../proto/gen/jaeger/api_v3/TraceQueryParameters.ts'
import type { Ending, QueryPort } from './query-port.ts'
import { rawStream, readAll, startQuery, unary } from './query-port.ts'
import { scriptedStore } from './scripted-store.ts'

// Every refusal of CONTRACT's tables, as DESIGN has its code: the store is never asked.

const id = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex')
const at = (seconds: number, nanos = 0) => ({ seconds: String(seconds), nanos })
const window = { startTimeMin: at(1000), startTimeMax: at(2000) }
/** What a Go client with gogoproto sends for a time that was never set. */
const goZeroTime = at(-62_135_596_800)

interface Row {
  readonly why: string
  readonly call: (port: QueryPort) => Promise<Ending>
  readonly code?: string
  /** Undefined where no field is at fault. */
  readonly field?: string
  /** Part of the message. */
  readonly says: string
}

const getV2 = (port: QueryPort, traceId: Buffer, times = {}) => {
  return readAll(port.v2.getTrace({ traceId, ...times }))
}
const getV3 = (port: QueryPort, traceId: string, times = {}) => {
  return readAll(port.v3.getTrace({ traceId, ...times }))
}
const findV2 = (port: QueryPort, query: QueryV2) => readAll(port.v2.findTraces({ query }))
const findV3 = (port: QueryPort, query: QueryV3) => {
  return readAll(port.v3.findTraces({ query: { ...window, ...query } }))
}

const traceIds: Row[] = [
  {
    why: 'api_v2 id of 15 bytes',
    call: (port) => getV2(port, id.subarray(1)),
    field: 'trace_id',
    says: 'has 15 bytes, must be 8 or 16',
  },
  {
    why: 'api_v2 id of 17 bytes',
    call: (port) => getV2(port, Buffer.concat([id, id]).subarray(0, 17)),
    field: 'trace_id',
    says: 'has 17 bytes, must be 8 or 16',
  },
  {
    why: 'api_v2 id of all zeros',
    call: (port) => getV2(port, Buffer.alloc(16)),
    field: 'trace_id',
    says: 'is all zeros or missing',
  },
  {
    why: 'api_v2 without id',
    call: (port) => getV2(port, Buffer.alloc(0)),
    field: 'trace_id',
    says: 'is all zeros or missing',
  },
  {
    why: 'api_v3 id that is no hex',
    call: (port) => getV3(port, 'not-hex'),
    field: 'trace_id',
    says: 'is "not-hex", must be 1 to 32 hex digits',
  },
  {
    why: 'api_v3 id of 33 digits',
    call: (port) => getV3(port, '1'.repeat(33)),
    field: 'trace_id',
    says: 'must be 1 to 32 hex digits',
  },
  {
    why: 'api_v3 without id',
    call: (port) => getV3(port, ''),
    field: 'trace_id',
    says: 'is "", must be 1 to 32 hex digits',
  },
  {
    why: 'api_v3 id of all zeros',
    call: (port) => getV3(port, '0'.repeat(32)),
    field: 'trace_id',
    says: 'is all zeros or missing',
  },
  {
    why: 'api_v3 id with text that no header may hold',
    // A field 1 of four bytes: a lone surrogate in UTF-8, and a line break.
    call: (port) => {
      const request = Uint8Array.of(0x0a, 4, 0xed, 0xa0, 0x80, 0x0a)
      return readAll(rawStream(port, '/jaeger.api_v3.QueryService/GetTrace', request))
    },
    field: 'trace_id',
    says: 'must be 1 to 32 hex digits',
  },
  {
    why: 'api_v2 hint that ends before it begins',
    call: (port) => getV2(port, id, { startTime: at(5), endTime: at(4) }),
    field: 'end_time',
    says: 'is before start_time',
  },
  {
    why: 'api_v3 hint that ends before it begins',
    call: (port) => getV3(port, '1', { startTime: at(5), endTime: at(4) }),
    field: 'end_time',
    says: 'is before start_time',
  },
]

const searches: Row[] = [
  {
    why: 'api_v2 without query',
    call: (port) => readAll(port.v2.findTraces({})),
    field: 'query',
    says: 'query is required',
  },
  {
    why: 'api_v3 without query',
    call: (port) => readAll(port.v3.findTraces({})),
    field: 'query',
    says: 'query is required',
  },
  {
    why: 'api_v3 summaries without query',
    call: (port) => readAll(port.v3.findTraceSummaries({})),
    field: 'query',
    says: 'query is required',
  },
  {
    why: 'api_v3 without start_time_min',
    call: (port) => findV3(port, { startTimeMin: null }),
    field: 'query.start_time_min',
    says: 'is required',
  },
  {
    why: 'api_v3 without start_time_max',
    call: (port) => findV3(port, { startTimeMax: null }),
    field: 'query.start_time_max',
    says: 'is required',
  },
  {
    why: 'api_v3 with the zero time of Go',
    call: (port) => findV3(port, { startTimeMax: goZeroTime }),
    field: 'query.start_time_max',
    says: 'is required',
  },
  {
    why: 'api_v3 summaries without times',
    call: (port) => readAll(port.v3.findTraceSummaries({ query: {} })),
    field: 'query.start_time_min',
    says: 'is required',
  },
]

/** Fields that both APIs have, with the values that neither takes. */
const conditions: readonly {
  why: string
  query: QueryV2 & QueryV3
  field: string
  says: string
}[] = [
  {
    why: 'negative search_depth',
    query: { searchDepth: -1 },
    field: 'query.search_depth',
    says: 'is -1, must be 0 to 10000',
  },
  {
    why: 'search_depth over the maximum',
    query: { searchDepth: 10_001 },
    field: 'query.search_depth',
    says: 'is 10001, must be 0 to 10000',
  },
  {
    why: 'window without length',
    query: { startTimeMin: at(1000), startTimeMax: at(1000) },
    field: 'query.start_time_max',
    says: 'is not after query.start_time_min',
  },
  {
    why: 'window inside one microsecond',
    query: { startTimeMin: at(1000, 1001), startTimeMax: at(1000, 1999) },
    field: 'query.start_time_max',
    says: 'later by at least 1 µs',
  },
  {
    why: 'window that ends before it begins',
    query: { startTimeMin: at(1000), startTimeMax: at(999) },
    field: 'query.start_time_max',
    says: 'is not after query.start_time_min',
  },
  {
    why: 'negative nanos',
    query: { startTimeMin: at(1000, -1) },
    field: 'query.start_time_min.nanos',
    says: 'is -1, must be 0 to 999999999',
  },
  {
    why: 'nanos of a whole second',
    query: { startTimeMax: at(2000, 1_000_000_000) },
    field: 'query.start_time_max.nanos',
    says: 'is 1000000000, must be 0 to 999999999',
  },
  {
    why: 'seconds after the year 9999',
    query: { startTimeMax: at(253_402_300_800) },
    field: 'query.start_time_max.seconds',
    says: 'must be of the years 1 to 9999',
  },
  {
    why: 'seconds before the year 1',
    query: { startTimeMin: { seconds: '-9223372036854775808', nanos: 0 } },
    field: 'query.start_time_min.seconds',
    says: 'must be of the years 1 to 9999',
  },
  {
    why: 'negative duration_min',
    query: { durationMin: at(-1) },
    field: 'query.duration_min',
    says: 'is negative',
  },
  {
    why: 'negative nanos of duration_max',
    query: { durationMax: at(0, -1) },
    field: 'query.duration_max',
    says: 'is negative',
  },
  {
    why: 'duration whose nanos have another sign',
    query: { durationMax: at(1, -1) },
    field: 'query.duration_max.nanos',
    says: 'is -1, must be 0 to 999999999',
  },
  {
    why: 'duration of over 10,000 years',
    query: { durationMin: at(315_576_000_001) },
    field: 'query.duration_min.seconds',
    says: 'must be at most 315576000000',
  },
  {
    why: 'duration_min over duration_max',
    query: { durationMin: at(2), durationMax: at(1) },
    field: 'query.duration_min',
    says: 'is longer than query.duration_max',
  },
]

/** Attributes, which the two APIs call differently. */
const attributes: readonly { why: string; attributes: Record<string, string>; says: string }[] = [
  { why: 'an empty key', attributes: { '': 'x' }, says: 'has an empty key' },
  {
    why: '101 attributes',
    attributes: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, 'x'])),
    says: 'has 101 keys, must have at most 100',
  },
  {
    why: 'a long attribute',
    attributes: { key: 'x'.repeat(65_537) },
    says: 'has a text of 65537 characters, must have at most 65536',
  },
]

const others: Row[] = [
  {
    why: 'api_v2 operations without service',
    call: ({ v2 }) => unary((done) => v2.getOperations({}, done)),
    field: 'service',
    says: 'service is required',
  },
  {
    why: 'api_v3 operations without service',
    call: ({ v3 }) => unary((done) => v3.getOperations({}, done)),
    field: 'service',
    says: 'service is required',
  },
  {
    why: 'api_v2 operations of no kind',
    call: ({ v2 }) => unary((done) => v2.getOperations({ service: 's', spanKind: 'SERVER' }, done)),
    field: 'span_kind',
    says: 'is "SERVER", must be one of client, server, producer, consumer, internal',
  },
  {
    why: 'api_v3 operations of no kind',
    call: ({ v3 }) => unary((done) => v3.getOperations({ service: 's', spanKind: 'x' }, done)),
    field: 'span_kind',
    says: 'is "x", must be one of client, server, producer, consumer, internal',
  },
  {
    why: 'archive of the id of all zeros',
    call: ({ v2 }) => unary((done) => v2.archiveTrace({ traceId: Buffer.alloc(16) }, done)),
    field: 'trace_id',
    says: 'is all zeros or missing',
  },
  {
    why: 'archive of an id of 9 bytes',
    call: ({ v2 }) => unary((done) => v2.archiveTrace({ traceId: Buffer.alloc(9, 1) }, done)),
    field: 'trace_id',
    says: 'has 9 bytes, must be 8 or 16',
  },
  {
    why: 'archive',
    call: ({ v2 }) => unary((done) => v2.archiveTrace({ traceId: id }, done)),
    code: 'UNIMPLEMENTED',
    says: 'archive span storage was not configured',
  },
]

const dependencies: readonly {
  why: string
  times: object
  field: string
  says: string
}[] = [
  { why: 'without times', times: {}, field: 'start_time', says: 'is required' },
  {
    why: 'without end_time',
    times: { startTime: at(1000), endTime: goZeroTime },
    field: 'end_time',
    says: 'is required',
  },
  {
    why: 'of no time',
    times: { startTime: at(1000), endTime: at(1000) },
    field: 'end_time',
    says: 'is not after start_time',
  },
]

const rows: Row[] = [
  ...traceIds,
  ...searches,
  ...conditions.flatMap(({ query, why, ...row }): Row[] => [
    { ...row, why: `api_v2 ${why}`, call: (port) => findV2(port, query) },
    { ...row, why: `api_v3 ${why}`, call: (port) => findV3(port, query) },
    {
      ...row,
      why: `api_v3 summaries ${why}`,
      call: ({ v3 }) => readAll(v3.findTraceSummaries({ query: { ...window, ...query } })),
    },
  ]),
  ...attributes.flatMap(({ attributes, why, says }): Row[] => [
    {
      why: `api_v2 ${why}`,
      call: (port) => findV2(port, { tags: attributes }),
      field: 'query.tags',
      says,
    },
    {
      why: `api_v3 ${why}`,
      call: (port) => findV3(port, { attributes }),
      field: 'query.attributes',
      says,
    },
  ]),
  ...others,
  ...dependencies.flatMap(({ times, why, ...row }): Row[] => [
    {
      ...row,
      why: `api_v2 dependencies ${why}`,
      call: ({ v2 }) => unary((done) => v2.getDependencies(times, done)),
    },
    {
      ...row,
      why: `api_v3 dependencies ${why}`,
      call: ({ v3 }) => unary((done) => v3.getDependencies(times, done)),
    },
  ]),
]

t.test('createQueryServices() refuses', async (t) => {
  const asked: string[] = []
  const never = (name: string) => () => {
    asked.push(name)
    throw new Error('the store was asked')
  }
  const port = await startQuery(
    t,
    scriptedStore({
      trace: never('trace'),
      find: never('find'),
      summaries: never('summaries'),
      operations: never('operations'),
    }),
  )
  for (const { why, call, code = 'INVALID_ARGUMENT', field, says } of rows) {
    t.test(why, async (t) => {
      const end = await call(port)
      t.equal(end.code, code)
      t.match(end.details, says)
      t.same(end.fields, field === undefined ? [] : [field])
    })
  }
  t.same(asked, [])
})
