import t from 'tap'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import { startHttpApi } from '../http-port.ts'
import { failingStore, scriptedStore } from '../scripted-store.ts'

// Where Jaeger 2.20 has words for it, they are these.

const tooLong = 'x'.repeat(60_000)
const manyTags = Array.from({ length: 101 }, (_, i) => `tag=k${i}:v`).join('&')

const refused: readonly (readonly [path: string, says: string])[] = [
  ['/api/traces?start=yesterday', 'start is "yesterday", must be a whole number'],
  ['/api/traces?start=-1', 'start is "-1"'],
  ['/api/traces?start=1.5', 'start is "1.5"'],
  ['/api/traces?end=9007199254740992', 'must be a whole number from 0 to 9007199254740991'],
  ['/api/traces?start=20&end=20', 'end is not after start, must be later by at least 1 µs'],
  ['/api/traces?limit=ten', 'limit is "ten"'],
  ['/api/traces?limit=2147483648', 'must be a whole number from -2147483648 to 2147483647'],
  ['/api/traces?limit=-1', 'limit is -1, must be 0 to 10000'],
  ['/api/traces?limit=10001', 'limit is 10001, must be 0 to 10000'],
  ['/api/traces?minDuration=5', 'minDuration is "5", must be a duration such as 100ms'],
  ['/api/traces?maxDuration=-5ms', 'maxDuration is "-5ms"'],
  [
    '/api/traces?minDuration=2s&maxDuration=1s',
    "'maxDuration' should be greater than 'minDuration'",
  ],
  ['/api/traces?tag=error', "malformed 'tag' parameter, expecting key:value, received: error"],
  ['/api/traces?tag=:x', 'tag has an empty key, must name an attribute'],
  [`/api/traces?${manyTags}`, 'tag has 101 keys, must have at most 100'],
  ['/api/traces?tags=x', 'tags is "x", must be a JSON object'],
  ['/api/traces?tags=[]', 'tags is "[]", must be a JSON object'],
  ['/api/traces?tags={"a":1}', 'tags has a value of "a" that is no string'],
  ['/api/traces?raw=maybe', 'raw is "maybe", must be true or false'],
  ['/api/traces?traceID=zz', 'traceID is "zz", must be 1 to 32 hex digits'],
  ['/api/traces?service=%ff', 'request has "%ff", must be percent-encoded UTF-8'],
  ['/api/traces?service=%zz', 'must be percent-encoded UTF-8'],
  [`/api/traces?${'a&'.repeat(2001)}`, 'query has over 2000 parameters'],
  ['/api/traces/zz', 'traceID is "zz", must be 1 to 32 hex digits'],
  ['/api/traces/0', 'traceID is all zeros, must name a trace'],
  ['/api/traces/123456789012345678901234567890123', 'must be 1 to 32 hex digits'],
  ['/api/traces/1?start=2&end=1', 'end is before start'],
  ['/api/operations', "parameter 'service' is required"],
  ['/api/operations?service=', "parameter 'service' is required"],
  ['/api/operations?service=a&spanKind=both', 'spanKind is "both", must be one of client, server'],
  ['/api/dependencies?endTs=x', 'endTs is "x"'],
  ['/api/dependencies?lookback=1h', 'lookback is "1h", must be a whole number'],
  ['/api/metrics/calls', "parameter 'service' is required"],
  ['/api/metrics/latencies?service=a', 'quantile is "", must be a number from 0 to 1'],
  ['/api/metrics/latencies?service=a&quantile=1.1', 'quantile is "1.1"'],
  ['/api/metrics/errors?service=a&spanKind=x', 'spanKind is "x", must be one of unspecified'],
  ['/api/metrics/calls?service=a&step=x', 'step is "x"'],
  ['/api/metrics/calls?service=a&groupByOperation=x', 'groupByOperation is "x"'],
]

t.test(
  'bad parameters are 400 with their name, in the envelope, and no store is asked',
  async (t) => {
    const unasked = () => {
      throw new Error('the store was asked')
    }
    const store = scriptedStore({ trace: unasked, find: unasked, operations: unasked })
    const { ask } = await startHttpApi(t, store)
    for (const [path, says] of refused) {
      const { status, headers, text, json } = await ask(path)
      t.equal(status, 400, path.slice(0, 100))
      t.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
      t.equal(headers.get('x-content-type-options'), 'nosniff')
      t.ok(text.endsWith('}\n'))
      const { errors, ...rest } = json as { errors: readonly { code: number; msg: string }[] }
      t.strictSame(rest, { data: null, total: 0, limit: 0, offset: 0 })
      t.equal(errors.length, 1)
      t.equal(errors[0]?.code, 400)
      t.ok(errors[0]?.msg.includes(says), `${errors[0]?.msg} says ${says}`)
    }
  },
)

t.test('a request line that no one writes is refused by 431', async (t) => {
  const { ask } = await startHttpApi(t, scriptedStore({}))
  t.equal((await ask(`/api/traces?service=${tooLong}`)).status, 431)
})

t.test('what this gateway has not is 501', async (t) => {
  const { ask } = await startHttpApi(t, scriptedStore({}))
  const message = 'trace metrics are currently disabled - no metrics backend configured'
  for (const path of [
    '/api/metrics/calls?service=a&service=b&groupByOperation=true&spanKind=client&endTs=1&lookback=1&step=1&ratePer=1',
    '/api/metrics/errors?service=a,service=b',
    '/api/metrics/latencies?service=a&quantile=0.95',
    '/api/metrics/minstep',
  ]) {
    const { status, json } = await ask(path)
    t.equal(status, 501, path)
    t.match(json, { errors: [{ code: 501, msg: message }] })
  }
  const { status, json } = await ask('/api/archive/1', { method: 'POST' })
  t.equal(status, 501)
  t.match(json, { errors: [{ code: 501, msg: 'archive span storage was not configured' }] })
})

/** What a store may fail with, and what a client gets. */
const failures = [
  ['store_unavailable', 503],
  ['overloaded', 503],
  ['store_corrupt', 500],
  ['unimplemented', 501],
  ['invalid_argument', 400],
] as const

for (const [code, status] of failures) {
  t.test(`a store that fails with ${code} is ${status}`, async (t) => {
    const fail = () => {
      throw new GatewayError(code, 'Cannot read: the test says so', { retryAfterMs: 2500 })
    }
    const { ask } = await startHttpApi(t, failingStore(fail))
    for (const path of paths) {
      const answer = await ask(path)
      t.equal(answer.status, status, path)
      t.match(answer.json, { errors: [{ code: status, msg: 'Cannot read: the test says so' }] })
      t.equal(answer.headers.get('retry-after'), status === 503 ? '3' : null)
    }
  })
}

t.test('a bug is 500, and only the log says what it was', async (t) => {
  const store = failingStore(() => {
    throw new TypeError('secret of the implementation')
  })
  const { ask, measured } = await startHttpApi(t, store)
  for (const path of paths) {
    const { status, text } = await ask(path)
    t.equal(status, 500, path)
    t.notMatch(text, 'secret')
  }
  t.same(
    measured.map(({ code }) => code),
    paths.map(() => '500'),
  )
})

const paths = [
  '/api/services',
  '/api/services/a/operations',
  '/api/operations?service=a',
  '/api/traces',
  '/api/traces?traceID=1',
  '/api/traces/1',
]
