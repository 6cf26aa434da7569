import t from 'tap'
import type { Term } from '../../src/ports/span-query.ts'
import { operators } from '../../src/ports/span-query.ts'
import { parseFilter } from '../../src/query/http/parse-filter.ts'
import type { WireExpression } from '../../src/query/read-filter.ts'
import { readFilter } from '../../src/query/read-filter.ts'
import { any, attr, call, durationNano } from '../conformance/filter.ts'
import { Chance, randomGroups, randomQuery } from '../conformance/generate.ts'
import { sampleBatch } from '../conformance/sample.ts'
import { fuzzSettings } from '../fuzz/run-fuzz.ts'
import { nowMs, startHttpApi } from './http-port.ts'
import { memoryStore } from './memory-store.ts'
import { readAll, startQuery } from './query-port.ts'
import { scriptedStore } from './scripted-store.ts'
import { wireFilterOf } from './wire-filter.ts'

t.setTimeout(120_000)

const { inputs, seed } = fuzzSettings(600)
const always = {
  startTimeMin: { seconds: '0', nanos: 0 },
  startTimeMax: { seconds: '5000000000', nanos: 0 },
}
const alwaysText = 'query.startTimeMin=1970-01-01T00:00:00Z&query.startTimeMax=2128-06-11T08:53:20Z'

t.test('readFilter() reads random filters of every operator, level and type', async (t) => {
  const world = { chance: new Chance(seed), arrivalUnixMs: nowMs, traces: 10 }
  const met = new Set<string>()
  for (let at = 0; at < inputs; at++) {
    const { filter } = randomQuery(world)
    if (filter === undefined || hasUntypedList(filter)) continue
    const wire = wireFilterOf(filter)
    noteTerms(filter, met)
    t.strictSame(readFilter(wire), filter, `SPANGATE_FUZZ_SEED=${seed}`)
    t.strictSame(readFilter(parseFilter(JSON.stringify(wire), 'query.filter')), filter)
  }
  for (const op of operators) t.ok(met.has(op), op)
  for (const level of ['', 'span', 'resource', 'scope', 'event', 'link'])
    t.ok(met.has(`attr ${level}`), level)
  const constants = ['any', 'string', 'int', 'double', 'bool', 'durationNano', 'timeUnixNano']
  for (const kind of constants) t.ok(met.has(kind), kind)
})

t.test(
  'FindTraces, FindTraceSummaries and both over HTTP find what the store does by a filter',
  async (t) => {
    const world = { chance: new Chance(seed), arrivalUnixMs: nowMs, traces: 40 }
    const store = memoryStore(t)
    const { signal } = new AbortController()
    await store.write('', sampleBatch(randomGroups(world, 300), nowMs), signal)
    const { v3 } = await startQuery(t, store)
    const { ask } = await startHttpApi(t, store)
    let found = 0
    for (let at = 0; at < 30; at++) {
      const { filter } = randomQuery(world)
      if (filter === undefined || hasUntypedList(filter)) continue
      const ids: string[] = []
      for await (const trace of store.find('', { filter, limit: 20 }, signal)) {
        if (trace.kind === 'trace') ids.push(Buffer.from(trace.traceId).toString('hex'))
      }
      found += ids.length
      const query = { ...always, searchDepth: 20, filter: wireFilterOf(filter) as never }
      const traces = await readAll(v3.findTraces({ query }))
      const summaries = await readAll(v3.findTraceSummaries({ query }))
      t.equal(traces.code, 'OK', traces.details)
      const spans = traces.messages.flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      )
      t.strictSame([...new Set(spans.map(({ traceId }) => traceId.toString('hex')))], ids)
      t.strictSame(
        summaries.messages.flatMap(({ summaries }) => summaries.map(({ traceId }) => traceId)),
        ids,
      )
      const text = encodeURIComponent(JSON.stringify(wireFilterOf(filter)))
      const parameters = `${alwaysText}&query.searchDepth=20&query.filter=${text}`
      const listed = await ask(`/api/v3/trace-summaries?${parameters}`)
      const list = (listed.json as { summaries: readonly { traceId: string }[] }).summaries
      t.strictSame(
        list.map(({ traceId }) => traceId),
        ids,
      )
      t.equal((await ask(`/api/v3/traces?${parameters}`)).status, ids.length === 0 ? 404 : 200)
    }
    t.ok(found > 0)
  },
)

t.test('readFilter() reads a constant without type as what it is compared with', async (t) => {
  const one = (term: WireExpression, value: string) => {
    return readFilter({ op: 'gt', args: [term, { scalar: { value, type: '' } }] }).args[1]
  }
  const duration = { field: { level: 'span', name: 'duration' } }
  t.strictSame(one(duration, '1.5ms'), durationNano(1_500_000n))
  t.strictSame(one({ field: { level: 'event', name: 'time' } }, '1970-01-01T00:00:01Z'), {
    kind: 'timeUnixNano',
    value: 1_000_000_000n,
  })
  t.strictSame(one({ attr: { key: 'duration', level: '' } }, '5'), any('5'))
  t.strictSame(one({ field: { level: 'span', name: 'name' } }, '5'), any('5'))
  const reversed = readFilter({ op: 'lt', args: [{ scalar: { value: '2s', type: '' } }, duration] })
  t.strictSame(reversed.args[0], durationNano(2_000_000_000n))
  const listed = { op: 'in', args: [duration, { list: { values: ['1s', '2s'], type: '' } }] }
  t.strictSame(readFilter(listed).args[1], {
    kind: 'list',
    values: [durationNano(1_000_000_000n), durationNano(2_000_000_000n)],
  })
})

const key = { attr: { key: 'k', level: '' } }
const scalar = (value: string, type: string) => ({ scalar: { value, type } })
const deep = Array.from({ length: 21 }).reduce<object>(
  (inner) => ({ op: 'not', args: [{ call: inner }] }),
  { op: 'exists', args: [key] },
)

/** JSON of filters, the field at fault and what is said of it. */
const refused: readonly (readonly [unknown, string, string])[] = [
  ['x', 'filter', 'is no JSON object'],
  [{ op: 5 }, 'filter.op', 'is no string'],
  [{ op: 'xor' }, 'filter.op', 'is "xor", must be one of and, or, not'],
  [{ op: 'and', args: {} }, 'filter.args', 'is no array'],
  [{ op: 'and', arg: [] }, 'filter', 'has a member "arg", may have op, args'],
  [{ op: 'exists', args: [{}] }, 'filter.args[0]', 'has 0 members, must have one'],
  [{ op: 'exists', args: [{ ...key, call: {} }] }, 'filter.args[0]', 'has 2 members'],
  [{ op: 'exists', args: [{ attr: { name: 'k' } }] }, 'filter.args[0].attr', 'has a member "name"'],
  [
    { op: 'exists', args: [{ attr: { key: 'k', level: 'process' } }] },
    'filter.args[0].attr.level',
    'is "process", must be one of span, resource',
  ],
  [
    { op: 'eq', args: [key, scalar('x', 'int')] },
    'filter.args[1].scalar.value',
    'is "x", must be a whole number of 64 bits',
  ],
  [
    { op: 'eq', args: [key, scalar('9223372036854775808', 'int')] },
    'filter.args[1].scalar.value',
    'must be a whole number',
  ],
  [
    { op: 'eq', args: [key, scalar('1x', 'double')] },
    'filter.args[1].scalar.value',
    'must be a decimal number',
  ],
  [
    { op: 'eq', args: [key, scalar('yes', 'bool')] },
    'filter.args[1].scalar.value',
    'must be true or false',
  ],
  [
    { op: 'eq', args: [key, scalar('x', 'text')] },
    'filter.args[1].scalar.type',
    'is "text", must be string',
  ],
  [
    { op: 'gt', args: [{ field: { level: 'span', name: 'duration' } }, scalar('5', '')] },
    'filter.args[1].scalar.value',
    'is "5", must be a duration',
  ],
  [
    { op: 'gt', args: [{ field: { level: 'span', name: 'startTime' } }, scalar('5', '')] },
    'filter.args[1].scalar.value',
    'is "5", must be a time',
  ],
  [
    { op: 'in', args: [key, { list: { values: ['x'] } }] },
    'filter.args[1].list.type',
    'is required',
  ],
  [
    { op: 'in', args: [key, { list: { values: 'x' } }] },
    'filter.args[1].list.values',
    'is no array',
  ],
  [deep, 'filter.args[0]', 'deep'],
  // What src/search refuses.
  [{ op: 'and' }, 'filter', '"and" has 0 operands, needs two'],
  [
    { op: 'exists', args: [{ field: { level: 'span', name: 'color' } }] },
    'filter.args[0]',
    'is no field of span',
  ],
  [
    { op: 'regex', args: [key, scalar('(', 'string')] },
    'filter.args[1]',
    'the expression is not RE2',
  ],
]

t.test('a bad filter is refused with the path of what is wrong with it', async (t) => {
  const store = memoryStore(t)
  const { ask } = await startHttpApi(t, store)
  const { v3 } = await startQuery(t, store)
  for (const [filter, field, says] of refused) {
    const json = JSON.stringify(filter)
    const path = `/api/v3/traces?${alwaysText}&query.filter=${encodeURIComponent(json)}`
    const { status, json: body } = await ask(path)
    t.equal(status, 400, json)
    const { message } = (body as { error: { message: string } }).error
    t.ok(message.includes(field), `${message} names ${field}`)
    t.ok(message.includes(says), `${message} says ${says}`)
    // Over gRPC a filter has no other form than this.
    if (/JSON|member|array|is no string/.test(says)) continue
    const end = await readAll(v3.findTraces({ query: { ...always, filter: filter as never } }))
    t.equal(end.code, 'INVALID_ARGUMENT', json)
    t.ok(end.fields[0]?.startsWith(field), `${end.fields} is ${field}`)
  }
})

t.test('a filter stands alone but for the window and the depth', async (t) => {
  const { v3 } = await startQuery(t, scriptedStore({}))
  const filter = wireFilterOf(call('exists', attr('', 'k'))) as never
  const others = [
    [{ serviceName: 'a' }, 'query.service_name'],
    [{ operationName: 'a' }, 'query.operation_name'],
    [{ attributes: { a: 'b' } }, 'query.attributes'],
    [{ durationMin: { seconds: '1', nanos: 0 } }, 'query.duration_min'],
    [{ durationMax: { seconds: '1', nanos: 0 } }, 'query.duration_max'],
  ] as const
  for (const [other, field] of others) {
    const query = { ...always, ...other, filter }
    for (const end of [
      await readAll(v3.findTraces({ query })),
      await readAll(v3.findTraceSummaries({ query })),
    ]) {
      t.equal(end.code, 'INVALID_ARGUMENT')
      t.same(end.fields, [field])
      t.match(end.details, 'is beside a filter')
    }
  }
  const noTimes = await readAll(v3.findTraces({ query: { filter } }))
  t.same(noTimes.fields, ['query.start_time_min'])
  const found = await readAll(v3.findTraces({ query: { ...always, filter, searchDepth: 7 } }))
  t.equal(found.code, 'OK')
})

function hasUntypedList(term: Term): boolean {
  if (term.kind === 'call') return term.args.some(hasUntypedList)
  return term.kind === 'list' && term.values[0]?.kind === 'any'
}

function noteTerms(term: Term, met: Set<string>): void {
  met.add(term.kind === 'attr' ? `attr ${term.level}` : term.kind)
  if (term.kind !== 'call') return
  met.add(term.op)
  for (const arg of term.args) noteTerms(arg, met)
}
