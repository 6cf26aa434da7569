import t from 'tap'
import { Chance, randomGroups } from '../conformance/generate.ts'
import { sampleBatch } from '../conformance/sample.ts'
import { shownStore } from '../query/adjust/shown-spans.ts'
import { nowMs, startHttpApi } from '../query/http-port.ts'
import { memoryStore } from '../query/memory-store.ts'
import type { DocumentedEndpoint, OpenApiDocument, Parameter } from '../query/open-api-document.ts'
import { createJudge, endpointsOf } from '../query/open-api-document.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'
import { fuzzSettings } from './run-fuzz.ts'

/** No answer takes longer, on a machine that does other things too. */
const answerMsMax = 10_000

/** What makes sense for a parameter, by its name's last part. */
const sensible: Readonly<Record<string, readonly [string, ...string[]]>> = {
  service: ['cart', 'front', 'müll'],
  serviceName: ['cart', 'front'],
  service_name: ['cart'],
  operation: ['GET /', 'charge'],
  operationName: ['GET /'],
  traceID: ['1', '2', '7000000000000000000000003'],
  traceId: ['1', '2', 'AAAAAAAAAAAAAAAAAAAAAQ=='],
  tag: ['a:x', 'error:true', 'a:b:c'],
  tags: ['{"a":"x"}', '{"error":"true","size":"500"}'],
  attributes: ['{"a":"x"}'],
  filter: [
    '{"op":"exists","args":[{"attr":{"key":"a"}}]}',
    '{"op":"not","args":[{"call":{"op":"regex","args":[{"field":{"level":"span","name":"name"}},{"scalar":{"value":"^G"}}]}}]}',
    '{"op":"some","args":[{"nested":{"level":"event"}},{"call":{"op":"exists","args":[{"attr":{"key":"a","level":"event"}}]}}]}',
  ],
  q: [
    '{ }',
    '{ .a = "x" } >> { status = error } | select(.a, name)',
    '{ duration > 1us } | count() > 0',
    '{ .a =~ "(a*)*b" }',
    '{ a }',
  ],
  name: ['span.a', 'resource.service.name', 'duration', 'kind', '.nosuch'],
  start: ['0', '1000000'],
  end: [String(nowMs * 1000), '4102444800000000'],
  quantile: ['0.95', '1'],
  minDuration: ['0s', '1us', '1.5ms'],
  maxDuration: ['1h', '2s'],
  durationMin: ['1us'],
  durationMax: ['1h'],
}

const odd: readonly [string, ...string[]] = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '1e309',
  'NaN',
  'null',
  'true',
  'TRUE',
  '9223372036854775807',
  '-9223372036854775808',
  '99999999999999999999999999999999',
  '9007199254740993',
  '2147483648',
  '253402300800000000',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '2026-02-30T00:00:00Z',
  '292277026596-12-04T15:30:08Z',
  '1h'.repeat(40),
  `${'1'.repeat(300)}h`,
  '0'.repeat(32),
  'f'.repeat(33),
  '../../etc/passwd',
  '/',
  '\u0000',
  '\uffff𝄞',
  '{"__proto__":"x","constructor":"y","toString":"z"}',
  '{"a":'.repeat(500),
  '['.repeat(5000),
  `{"op":"and","args":[${'{"call":{"op":"not","args":['.repeat(200)}`,
  `{"op":"regex","args":[{"attr":{"key":"a"}},{"scalar":{"value":"${'(a*)*'.repeat(100)}b"}}]}`,
  `{"op":"in","args":[{"attr":{"key":"a"}},{"list":{"type":"string","values":[${'"x",'.repeat(1500)}"x"]}}]}`,
  'x'.repeat(20_000),
  ':',
  '=&=&',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
]

/** Percent-encoded text that is no text. */
const broken = ['%', '%2', '%zz', '%ff', '%ed%a0%80', '%c0%80', '%00']

function parameterValue(random: Random, { name, schema }: Parameter): string {
  const inner = schema.type === 'array' ? (schema.items ?? {}) : schema
  const last = name.slice(name.lastIndexOf('.') + 1)
  switch (random.below(8)) {
    case 0:
      return random.pick([broken[0] ?? '', ...broken])
    case 1:
    case 2:
      return encodeURIComponent(random.pick(odd).toWellFormed())
    case 3:
      return encodeURIComponent(Buffer.from(random.bytes(random.below(20))).toString('latin1'))
    default:
  }
  const known = sensible[last]
  if (known !== undefined) return encodeURIComponent(random.pick(known))
  if (inner.enum !== undefined) return inner.enum[random.below(inner.enum.length)] ?? ''
  if (inner.type === 'boolean') return random.pick(['true', 'false', '1'])
  if (inner.type === 'integer') return String(random.below(2000))
  if (inner.format === 'date-time') {
    return encodeURIComponent(new Date(random.below(2 ** 31) * 1900).toISOString())
  }
  return String(random.below(100))
}

interface FuzzedRequest {
  readonly endpoint: DocumentedEndpoint
  readonly path: string
  readonly init: RequestInit
}

function requestOf(random: Random, endpoint: DocumentedEndpoint): FuzzedRequest {
  const { method, operation } = endpoint
  let path = endpoint.path
  const pairs: string[] = []
  for (const parameter of operation.parameters) {
    if (parameter.in === 'path') {
      path = path.replace(/\{\w+\}/, () => parameterValue(random, parameter))
    } else if (parameter.required || random.oneIn(3)) {
      const times = parameter.schema.type === 'array' ? 1 + random.below(3) : 1
      for (let i = 0; i < times; i++)
        pairs.push(`${parameter.name}=${parameterValue(random, parameter)}`)
    }
  }
  // A window that searches need, unless chance has made another one.
  if (path.startsWith('/api/v3/trace') && random.below(4) > 0) {
    pairs.unshift('query.startTimeMin=1970-01-01T00:00:00Z&query.startTimeMax=2100-01-01T00:00:00Z')
  }
  if (random.oneIn(20)) pairs.push(random.pick(['&&', '=', 'nosuch=1', '%', 'a'.repeat(5000)]))
  const body = operation.requestBody === undefined ? {} : { body: bodyOf(random) }
  const target = pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
  return { endpoint, path: target, init: { method, ...body } }
}

const otlp =
  '{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"intValue":"5"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"n","links":[{}],"events":[{"timeUnixNano":"5"}]}]}]}]}'

function bodyOf(random: Random): string {
  const at = random.below(otlp.length)
  switch (random.below(4)) {
    case 0:
      return otlp.slice(0, at)
    case 1:
      return (
        otlp.slice(0, at) + random.pick(['"', '}', '[', '-1', 'null', '\u0000']) + otlp.slice(at)
      )
    case 2:
      return random.pick(['', '[]', 'null', '5', '"x"', '['.repeat(10_000), otlp])
    default:
      return otlp.replace('"5"', random.pick(['5', '"x"', 'null', '{}', '1e400']))
  }
}

t.setTimeout(170_000)

t.test('no request to an endpoint of the document is a failure of ours', async (t) => {
  // Each endpoint has some 180, of which few are good where it has many parameters; see below.
  const { inputs, seed } = fuzzSettings(4000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const store = memoryStore(t)
  const world = { chance: new Chance(seed), arrivalUnixMs: nowMs, traces: 8 }
  const { signal } = new AbortController()
  await store.write('', sampleBatch(randomGroups(world, 60), nowMs), signal)
  const { ask } = await startHttpApi(t, store, { shown: shownStore(store) })
  const document = (await ask('/api/openapi.json')).json as OpenApiDocument
  const judge = createJudge(document)
  const endpoints = endpointsOf(document)
  const statuses = new Map<number, number>()
  const never = ['getMetricsLatencies', 'getMetricsCalls', 'getMetricsErrors', 'getMetricsMinStep']
  /** Endpoints without a good answer so far: they are asked on until they have given one. */
  const unanswered = new Set(
    endpoints.filter(({ operation }) => !never.includes(operation.operationId)),
  )
  for (let input = 0; input < inputs || (unanswered.size > 0 && input < 5 * inputs); input++) {
    const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input, 0x85ebca6b))
    const asked = input < inputs ? endpoints : [...unanswered]
    const endpoint = asked[input % asked.length]
    if (endpoint === undefined) continue
    const { path, init } = requestOf(random, endpoint)
    const startMs = performance.now()
    const { status, headers, text } = await ask(path, init)
    const tookMs = performance.now() - startMs
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (status === 200) unanswered.delete(endpoint)
    const problem = problemOf(endpoint, path, {
      status,
      type: headers.get('content-type') ?? '',
      text,
    })
    if (problem !== undefined || tookMs > answerMsMax) {
      t.fail(`input ${input}: ${problem ?? `${tookMs} ms`}`, {
        path: path.slice(0, 2000),
        text: text.slice(0, 500),
      })
    }
  }
  t.comment(JSON.stringify(Object.fromEntries(statuses)))
  for (const status of [200, 400, 404, 501])
    t.ok(statuses.has(status), `some answers are ${status}`)
  for (const { operation } of endpoints) {
    const isAnswered = ![...unanswered].some((other) => other.operation === operation)
    t.ok(isAnswered, `${operation.operationId} is answered 200 sometimes`)
  }

  function problemOf(
    endpoint: DocumentedEndpoint,
    path: string,
    answer: { readonly status: number; readonly type: string; readonly text: string },
  ): string | undefined {
    const { status, text } = answer
    // Node's own answer to a line that is too long, and what another path than this one's is.
    if (status === 431) return path.length > 10_000 ? undefined : 'the line is not long'
    if (status === 404 && text === '404 page not found\n') return undefined
    if (status >= 500 && status !== 501) return `${status} is a failure of ours`
    return judge(endpoint, answer)
  }
})
