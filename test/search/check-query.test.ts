import t from 'tap'
import type { Call, SpanQuery, Term } from '../../src/ports/span-query.ts'
import { checkQuery } from '../../src/search/check-query.ts'
import { queryLimitDefaults } from '../../src/search/query-limits.ts'
import {
  any,
  attr,
  bool,
  call,
  double,
  durationNano,
  field,
  int,
  list,
  nested,
  string,
  timeUnixNano,
} from '../conformance/filter.ts'

const a = attr('', 'a')
const name = field('span', 'name')
const kind = field('span', 'kind')
const status = field('span', 'status')
const duration = field('span', 'duration')
const start = field('span', 'startTime')
const holds = call('exists', a)

const good: readonly Call[] = [
  call('eq', a, any('500')),
  call('eq', any('500'), a),
  call('gt', a, string('x')),
  call('lt', start, field('span', 'endTime')),
  call('lt', attr('span', 'a'), attr('resource', 'b')),
  call('eq', int(1n), double(1)),
  call('eq', kind, string('server')),
  call('in', status, list(string('ok'), string('error'))),
  call('eq', duration, durationNano(5n)),
  call('in', duration, list(durationNano(5n))),
  call('gte', field('event', 'timeSinceStart'), durationNano(5n)),
  call('gte', start, timeUnixNano(5n)),
  call('ne', a, bool(true)),
  call('regex', kind, string('ser')),
  call('regex', a, any('x{1000}')),
  call('some', nested('event'), call('some', nested('link'), holds)),
]

for (const [at, filter] of good.entries()) {
  t.test(`checkQuery() takes good filter ${at}: ${filter.op}`, async (t) => {
    t.doesNotThrow(() => checkQuery({ limit: 1, filter }))
  })
}

const deep = (depth: number): Call => (depth === 1 ? holds : call('not', deep(depth - 1)))
const wide = (terms: number): Call => call('or', ...Array(terms).fill(holds))
const many = (values: number): Term => list(...Array(values).fill(int(1n)))

const bad: readonly (readonly [reason: string, filter: Call, field: string])[] = [
  ['an unknown operator', { kind: 'call', op: 'xor' as 'or', args: [holds, holds] }, 'filter'],
  ['and of one', call('and', holds), 'filter'],
  ['not of two', call('not', holds, holds), 'filter'],
  ['a condition that is none', call('and', holds, a), 'filter.args[1]'],
  ['a call as operand', call('eq', holds, int(1n)), 'filter.args[0]'],
  ['exists of a constant', call('exists', int(1n)), 'filter.args[0]'],
  ['an attribute without key', call('exists', attr('', '')), 'filter.args[0]'],
  ['an unknown level', call('exists', attr('trace' as 'span', 'a')), 'filter.args[0]'],
  [
    'a level that objects inherit',
    call('exists', attr('toString' as 'span', 'a')),
    'filter.args[0]',
  ],
  ['an unknown field', call('exists', field('span', 'service')), 'filter.args[0]'],
  ['a list as operand', call('eq', a, list(int(1n))), 'filter.args[1]'],
  ['in without list', call('in', a, int(1n)), 'filter.args[1]'],
  ['an empty list', call('in', a, list()), 'filter.args[1]'],
  ['a mixed list', call('in', a, list(int(1n), string('1'))), 'filter.args[1]'],
  ['a wrong word in a list', call('in', status, list(string('bad'))), 'filter.args[1]'],
  ['a duration beside text', call('eq', duration, name), 'filter'],
  ['a duration beside a number', call('gt', duration, int(5n)), 'filter'],
  ['a duration beside a text without type', call('gt', duration, any('2s')), 'filter'],
  ['a time beside a duration', call('gt', start, durationNano(1n)), 'filter'],
  ['a time beside an attribute', call('gt', a, timeUnixNano(1n)), 'filter'],
  ['a name beside a number', call('eq', name, int(1n)), 'filter'],
  ['an unknown kind', call('eq', kind, string('SERVER')), 'filter'],
  ['an order of kinds', call('gt', kind, string('server')), 'filter'],
  ['an order of booleans', call('gt', a, bool(true)), 'filter'],
  ['a broken expression', call('regex', a, string('(')), 'filter.args[1]'],
  ['a lookahead', call('regex', a, string('(?=a)')), 'filter.args[1]'],
  ['an expression over a duration', call('regex', duration, string('a')), 'filter.args[0]'],
  ['an expression that is no text', call('regex', a, int(1n)), 'filter.args[1]'],
  ['a long expression', call('regex', a, string('a'.repeat(1001))), 'filter.args[1]'],
  [
    'a large expression',
    call('regex', a, string(`(${'(.{50}){20}'.repeat(20)})`)),
    'filter.args[1]',
  ],
  ['some of an attribute', call('some', a, holds), 'filter.args[0]'],
  ['a collection out of place', call('exists', nested('event')), 'filter.args[0]'],
  [
    'some within itself',
    call('some', nested('event'), call('some', nested('event'), holds)),
    'filter.args[1]',
  ],
  [
    'too deep a tree',
    deep(queryLimitDefaults.filterDepthMax + 1),
    `filter${'.args[0]'.repeat(20)}`,
  ],
  ['a long text', call('eq', a, string('x'.repeat(65_537))), 'filter.args[1]'],
  ['a long key', call('exists', attr('', 'x'.repeat(65_537))), 'filter.args[0]'],
  ['a long list', call('in', a, many(1001)), 'filter.args[1]'],
]

for (const [reason, filter, at] of bad) {
  t.test(`checkQuery() refuses ${reason}`, async (t) => {
    t.throws(() => checkQuery({ limit: 1, filter }), {
      name: 'GatewayError',
      code: 'invalid_argument',
      field: at,
      retryable: false,
    })
  })
}

t.test('checkQuery() refuses a filter of too many terms, also one that holds itself', async (t) => {
  const code = 'invalid_argument'
  t.throws(() => checkQuery({ limit: 1, filter: wide(500) }), { code })
  t.doesNotThrow(() => checkQuery({ limit: 1, filter: wide(499) }))
  const args: Term[] = []
  const endless: Call = { kind: 'call', op: 'not', args }
  args.push(endless)
  t.throws(() => checkQuery({ limit: 1, filter: endless }), { code })
})

const queries: readonly (readonly [reason: string, query: SpanQuery, field: string | undefined])[] =
  [
    ['a limit of 0', { limit: 0 }, 'limit'],
    ['a negative limit', { limit: -1 }, 'limit'],
    ['half a trace', { limit: 0.5 }, 'limit'],
    ['no number', { limit: Number.NaN }, 'limit'],
    ['too many traces', { limit: queryLimitDefaults.tracesMax + 1 }, 'limit'],
    ['parts of a microsecond', { limit: 1, minMicros: 0.5 }, 'minMicros'],
    ['an endless window', { limit: 1, maxMicros: Number.POSITIVE_INFINITY }, 'maxMicros'],
    ['a window that ends before it begins', { limit: 1, minMicros: 2, maxMicros: 1 }, 'maxMicros'],
  ]

for (const [reason, query, at] of queries) {
  t.test(`checkQuery() refuses ${reason}`, async (t) => {
    t.throws(() => checkQuery(query), { code: 'invalid_argument', field: at })
  })
}

t.test('checkQuery() takes a window without length and one without bounds', async (t) => {
  t.doesNotThrow(() => checkQuery({ limit: 1, minMicros: 2, maxMicros: 2 }))
  t.doesNotThrow(() => checkQuery({ limit: queryLimitDefaults.tracesMax }))
})
