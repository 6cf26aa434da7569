import assert from 'node:assert/strict'
import type { Span, SpanEvent, SpanLink } from '../../bridge/model/span.ts'
import type { Call } from '../../src/ports/span-query.ts'
import { findTraces, writeGroups } from './answer.ts'
import type { Bench, Check } from './check.ts'
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
} from './filter.ts'
import type { Plain, PlainAttributes } from './sample.ts'
import { attributesOf, sampleGroup, sampleSpan, spanIdOf, traceIdOf } from './sample.ts'

/** What each operator means on each kind of value. */
export const operatorChecks: readonly Check[] = [
  {
    name: 'find() compares text, numbers and booleans by type',
    needs: ['every_field'],
    run: (bench) =>
      holds(bench, valueSpans(['a', 'b', 5n, 5, 5.5, '5', true, 'true', undefined]), [
        [call('eq', x, string('a')), [1]],
        [call('eq', x, int(5n)), [3, 4]],
        [call('eq', x, double(5)), [3, 4]],
        [call('eq', x, double(5.5)), [5]],
        [call('eq', x, string('5')), [6]],
        [call('eq', x, bool(true)), [7]],
        [call('eq', string('b'), x), [2]],
        [call('ne', x, string('a')), [2, 6, 8]],
        [call('ne', x, int(5n)), [5]],
        [call('ne', x, bool(true)), []],
        [call('gt', x, string('a')), [2, 8]],
        [call('gt', x, int(5n)), [5]],
        [call('gte', x, int(5n)), [3, 4, 5]],
        [call('lt', x, double(5.25)), [3, 4]],
        [call('lte', x, string('5')), [6]],
        [call('lt', int(5n), x), [5]],
        [call('exists', x), [1, 2, 3, 4, 5, 6, 7, 8, 9]],
        [call('not', call('exists', x)), [none]],
        [call('not', call('eq', x, string('a'))), [2, 3, 4, 5, 6, 7, 8, 9, none]],
      ]),
  },
  {
    name: 'find() compares a constant without type by the text form of any value',
    needs: ['every_field'],
    run: (bench) =>
      holds(
        bench,
        valueSpans([
          500n,
          '500',
          500,
          500.5,
          true,
          'true',
          1e21,
          0.1,
          72.5,
          bytes(0, 255),
          undefined,
        ]),
        [
          [call('eq', x, any('500')), [1, 2, 3]],
          [call('eq', x, any('500.5')), [4]],
          [call('eq', x, any('true')), [5, 6]],
          [call('eq', x, any('1e+21')), [7]],
          [call('eq', x, any('0.1')), [8]],
          [call('eq', x, any('72.5')), [9]],
          [call('eq', x, any('00ff')), [10]],
          [call('eq', x, any('')), [11]],
          [call('eq', x, any('500.0')), []],
          [call('ne', x, any('500')), [4, 5, 6, 7, 8, 9, 10, 11]],
          [call('gte', x, any('500.0')), [1, 3, 4, 6, 7]],
          [call('in', x, list(any('500'), any('true'))), [1, 2, 3, 5, 6]],
        ],
      ),
  },
  {
    name: 'find() writes doubles as text with ten digits',
    run: (bench) =>
      holds(bench, valueSpans([1e10, 1234567890, 0.0001, 0.00001, 1 / 3, -0, 1234567890.5]), [
        [call('eq', x, any('1e+10')), [1]],
        [call('eq', x, any('1234567890')), [2, 7]],
        [call('eq', x, any('0.0001')), [3]],
        [call('eq', x, any('1e-05')), [4]],
        [call('eq', x, any('0.3333333333')), [5]],
        [call('eq', x, any('-0')), [6]],
        [call('eq', x, int(0n)), [6]],
      ]),
  },
  {
    name: 'find() compares 64-bit integers with doubles without rounding',
    run: (bench) =>
      holds(
        bench,
        valueSpans([
          9_007_199_254_740_993n,
          9_007_199_254_740_992,
          9_223_372_036_854_775_807n,
          2 ** 63,
          -9_223_372_036_854_775_808n,
          Number.NaN,
        ]),
        [
          [call('eq', x, int(9_007_199_254_740_992n)), [2]],
          [call('eq', x, double(9_007_199_254_740_992)), [2]],
          [call('eq', x, int(9_007_199_254_740_993n)), [1]],
          [call('gt', x, double(2 ** 62)), [3, 4]],
          [call('lt', x, double(2 ** 63)), [1, 2, 3, 5]],
          [call('eq', x, any('9223372036854775807')), [3]],
          [call('gte', x, any('9223372036854775807')), [3, 4]],
          [call('lt', x, int(-9_223_372_036_854_775_807n)), [5]],
          [call('eq', x, double(Number.NaN)), []],
          [call('ne', x, double(Number.NaN)), [1, 2, 3, 4, 5, 6]],
        ],
      ),
  },
  {
    name: 'find() looks at the elements of an array one by one',
    needs: ['every_field'],
    run: (bench) =>
      holds(bench, valueSpans([['a', 'b'], ['a', ['c', 7n]], [], ['b'], [true, 'a']]), [
        [call('eq', x, string('a')), [1, 2, 5]],
        [call('eq', x, string('c')), [2]],
        [call('eq', x, any('7')), [2]],
        [call('ne', x, string('a')), [1, 2, 4]],
        [call('not', call('eq', x, string('a'))), [3, 4, none]],
        [call('exists', x), [1, 2, 3, 4, 5]],
        [call('and', call('eq', x, string('a')), call('eq', x, string('b'))), [1]],
        [call('in', x, list(string('c'), string('b'))), [1, 2, 4]],
      ]),
  },
  {
    name: "find() takes in and not_in as membership of values of the list's type",
    run: (bench) =>
      holds(bench, valueSpans(['a', 'b', 1n, 2.5, true]), [
        [call('in', x, list(string('a'), string('z'))), [1]],
        [call('not_in', x, list(string('a'), string('z'))), [2]],
        [call('in', x, list(int(1n), int(2n))), [3]],
        [call('not_in', x, list(int(1n))), [4]],
        [call('not_in', x, list(double(1), double(2.5))), []],
        [call('not', call('in', x, list(string('a')))), [2, 3, 4, 5, none]],
        [call('in', x, list(bool(true))), [5]],
        [call('in', field('span', 'name'), list(string('op 2'), string('op 4'))), [2, 4]],
      ]),
  },
  {
    name: 'find() finds a regular expression anywhere in the text, case-sensitively',
    needs: ['regular_expressions', 'every_field'],
    run: (bench) =>
      holds(bench, valueSpans(['GET /cart/1', 'get /cart', '/checkout', 503n, ['q', '/cart']]), [
        [call('regex', x, string('/cart')), [1, 2, 5]],
        [call('regex', x, string('^GET')), [1]],
        [call('regex', x, string('^/c[ah]')), [3, 5]],
        [call('regex', x, string('5\\d\\d')), [4]],
        [call('regex', x, string('(?i)get')), [1, 2]],
        [call('not', call('regex', x, string('/'))), [4, none]],
        [call('regex', field('span', 'name'), any('op [12]$')), [1, 2]],
        // A pattern that takes exponential time to those that go back.
        [call('regex', x, string('(.*)*(.*)*(.*)*!$')), []],
      ]),
  },
  {
    name: 'find() combines conditions with and, or and not',
    needs: ['negation'],
    run: (bench) => {
      const eq = (value: bigint): Call => call('eq', x, int(value))
      return holds(bench, valueSpans([1n, 2n, 3n, 4n]), [
        [call('or', eq(1n), eq(3n)), [1, 3]],
        [call('and', call('gt', x, int(1n)), call('lt', x, int(4n))), [2, 3]],
        [call('not', call('or', eq(1n), eq(2n))), [3, 4, none]],
        [call('and', call('not', eq(1n)), call('exists', x)), [2, 3, 4]],
        [call('not', call('not', eq(2n))), [2]],
        [call('or', call('and', eq(1n), eq(2n)), eq(4n), eq(9n)), [4]],
      ])
    },
  },
  {
    name: 'find() reads attributes of the level that is asked for, or of all',
    needs: ['every_field'],
    run: readsLevels,
  },
  {
    name: 'find() reads the built-in fields of every level',
    needs: ['every_field'],
    run: readsFields,
  },
  {
    name: 'find() binds the conditions of some() to one event or link',
    needs: ['every_field'],
    run: bindsElements,
  },
  {
    name: 'find() compares two references of a span with each other',
    run: (bench) =>
      holds(
        bench,
        [
          { attributes: { a: 1n, b: 2.5 } },
          { attributes: { a: 3n, b: 3 } },
          { attributes: { a: 'x', b: 'x' } },
          { attributes: { a: '1', b: 1n } },
          { attributes: { a: 'op 5' } },
        ],
        [
          [call('lt', attr('span', 'a'), attr('span', 'b')), [1]],
          [call('eq', attr('span', 'a'), attr('span', 'b')), [2, 3]],
          [call('ne', attr('span', 'a'), attr('span', 'b')), [1]],
          [call('eq', attr('', 'a'), field('span', 'name')), [5]],
          [call('eq', int(1n), double(1)), [1, 2, 3, 4, 5]],
        ],
      ),
  },
]

/** The trace of `valueSpans` that has no attribute. */
const none = 1000
const x = attr('span', 'x')

type Sample = { readonly attributes?: PlainAttributes } & Partial<Omit<Span, 'attributes'>>
type Row = readonly [filter: Call, traces: readonly number[]]

/** A span for each value of the attribute `x`, and one without. */
function valueSpans(values: readonly Plain[]): (Sample & { trace?: number })[] {
  return [...values.map((value) => ({ attributes: { x: value } })), { trace: none }]
}

/** Writes a trace for each sample, numbered from 1, and asks for each row. */
async function holds(
  bench: Bench,
  samples: readonly (Sample & { trace?: number })[],
  rows: readonly Row[],
): Promise<void> {
  const start = (bench.arrivalUnixMs - 60_000) * 1000
  const spans = samples.map(({ trace, ...sample }, at) =>
    sampleSpan({
      trace: trace ?? at + 1,
      id: 1,
      name: `op ${at + 1}`,
      startMicros: start - at,
      ...sample,
    } as Parameters<typeof sampleSpan>[0]),
  )
  await writeGroups(bench, [sampleGroup(spans)])
  await answers(bench, rows)
}

async function answers(bench: Bench, rows: readonly Row[]): Promise<void> {
  for (const [filter, expected] of rows) {
    const found = await findTraces(bench.store, { filter })
    assert.deepEqual(found.sort(ascending), [...expected].sort(ascending), asText(filter))
  }
}

function ascending(left: number, right: number): number {
  return left - right
}

function asText(filter: Call): string {
  return JSON.stringify(filter, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  )
}

function bytes(...values: readonly number[]): Uint8Array {
  return new Uint8Array(values)
}

async function readsLevels(bench: Bench): Promise<void> {
  const startMicros = (bench.arrivalUnixMs - 60_000) * 1000
  const event = eventOf('e', 0n, { k: 'v' })
  const link = linkOf(1, { k: 'v' })
  const at = (trace: number, more: Partial<Span> = {}): Span => ({
    ...sampleSpan({ trace, id: 1, startMicros }),
    ...more,
  })
  await writeGroups(bench, [
    sampleGroup([at(1, { attributes: attributesOf({ k: 'v' }) })]),
    sampleGroup([at(2)], { resource: { k: 'v' } }),
    sampleGroup([at(3)], { scope: { name: 's', attributes: { k: 'v' } } }),
    sampleGroup([at(4, { events: [event] })]),
    sampleGroup([at(5, { links: [link] })]),
    sampleGroup([at(6, { attributes: attributesOf({ k: 'w' }) })], { resource: { k: 'v' } }),
    // The texts are there, but not as key and value.
    sampleGroup([at(7, { name: 'k', attributes: attributesOf({ v: 'k' }) })]),
  ])
  const eq = (level: Parameters<typeof attr>[0]): Call => call('eq', attr(level, 'k'), string('v'))
  await answers(bench, [
    [eq('span'), [1]],
    [eq('resource'), [2, 6]],
    [eq('scope'), [3]],
    [eq('event'), [4]],
    [eq('link'), [5]],
    [eq(''), [1, 2, 3, 4, 5, 6]],
    [call('exists', attr('span', 'k')), [1, 6]],
    [call('exists', attr('', 'k')), [1, 2, 3, 4, 5, 6]],
    [call('ne', attr('', 'k'), string('v')), [6]],
    [call('not', eq('')), [7]],
    [call('eq', attr('', 'service.name'), any('shop')), [1, 2, 3, 4, 5, 6, 7]],
  ])
}

async function readsFields(bench: Bench): Promise<void> {
  const start = BigInt(bench.arrivalUnixMs - 60_000) * 1_000_000n
  const full = {
    ...sampleSpan({ trace: 1, id: 0xabc, parent: 0xdef, name: 'full', kind: 5 }),
    startUnixNano: start,
    endUnixNano: start + 5_000_000n,
    traceState: 'a=1',
    status: { code: 2, message: 'broken' },
    events: [eventOf('late', start + 60_000n)],
    links: [linkOf(0x77)],
  }
  const bare = sampleSpan({ trace: 2, id: 0x123, name: 'bare', kind: 0, startUnixNano: start + 1n })
  await writeGroups(bench, [
    sampleGroup([full], {
      service: 'full',
      resourceSchemaUrl: 'r/1',
      scope: { name: 'library', version: '1.2' },
      scopeSchemaUrl: 's/1',
    }),
    sampleGroup([bare], { service: 'bare' }),
  ])
  const is = (level: Parameters<typeof field>[0], name: string, value: string): Call =>
    call('eq', field(level, name), string(value))
  const texts = [
    is('span', 'traceID', '00000000000000000000000000000001'),
    is('span', 'spanID', '0000000000000abc'),
    is('span', 'parentSpanID', '0000000000000def'),
    is('span', 'traceState', 'a=1'),
    is('span', 'name', 'full'),
    is('span', 'kind', 'consumer'),
    is('span', 'status', 'error'),
    is('span', 'statusMessage', 'broken'),
    is('resource', 'service', 'full'),
    is('resource', 'schemaURL', 'r/1'),
    is('scope', 'name', 'library'),
    is('scope', 'version', '1.2'),
    is('scope', 'schemaURL', 's/1'),
    is('event', 'name', 'late'),
    is('link', 'traceID', '00000000000000000000000000000077'),
    is('link', 'spanID', '0000000000000077'),
    is('link', 'traceState', 'l=1'),
  ]
  await answers(
    bench,
    texts.map((filter) => [filter, [1]] as const),
  )
  const [startTime, endTime] = [field('span', 'startTime'), field('span', 'endTime')]
  await answers(bench, [
    [is('span', 'kind', 'unspecified'), [2]],
    [is('span', 'status', 'unset'), [2]],
    [call('exists', field('span', 'parentSpanID')), [1]],
    [call('exists', field('span', 'traceState')), [1]],
    [call('exists', field('event', 'name')), [1]],
    [call('exists', field('span', 'duration')), [1, 2]],
    [call('eq', startTime, timeUnixNano(start)), [1]],
    [call('gt', startTime, timeUnixNano(start)), [2]],
    [call('lt', startTime, endTime), [1, 2]],
    [call('lt', endTime, timeUnixNano(start + 5_000_001n)), [1]],
    [call('eq', field('span', 'duration'), durationNano(5_000_999n)), [1]],
    [call('lt', field('span', 'duration'), durationNano(6_000_000n)), [1]],
    [call('eq', field('event', 'time'), timeUnixNano(start + 60_000n)), [1]],
    [call('gt', field('event', 'timeSinceStart'), durationNano(50_000n)), [1]],
    [call('gt', field('event', 'timeSinceStart'), durationNano(60_000n)), []],
  ])
}

async function bindsElements(bench: Bench): Promise<void> {
  const startUnixNano = BigInt(bench.arrivalUnixMs - 60_000) * 1_000_000n
  const at = (
    trace: number,
    events: readonly SpanEvent[],
    links: readonly SpanLink[] = [],
  ): Span => ({
    ...sampleSpan({ trace, id: 1, startUnixNano, attributes: { where: 'span' } }),
    events,
    links,
  })
  const late = startUnixNano + 100_000n
  await writeGroups(bench, [
    sampleGroup([
      at(1, [eventOf('exception', late, { type: 'A' })]),
      at(2, [eventOf('exception', startUnixNano, { type: 'A' }), eventOf('retry', late)]),
      at(3, [], [linkOf(1, { a: '1' }), linkOf(2, { b: '2' })]),
      at(4, [eventOf('retry', late, { type: 'B' })], [linkOf(3, { a: '1', b: '2' })]),
    ]),
  ])
  const exception = call('eq', field('event', 'name'), string('exception'))
  const isLate = call('gt', field('event', 'timeSinceStart'), durationNano(50_000n))
  const a = call('eq', attr('link', 'a'), string('1'))
  const b = call('eq', attr('link', 'b'), string('2'))
  await answers(bench, [
    [call('and', exception, isLate), [1, 2]],
    [call('some', nested('event'), call('and', exception, isLate)), [1]],
    [call('some', nested('event'), call('not', exception)), [2, 4]],
    [call('not', call('some', nested('event'), call('not', exception))), [1, 3]],
    [
      call('some', nested('event'), call('and', isLate, call('eq', attr('', 'type'), string('A')))),
      [1],
    ],
    [call('some', nested('event'), call('eq', attr('span', 'where'), string('span'))), [1, 2, 4]],
    [call('and', a, b), [3, 4]],
    [call('some', nested('link'), call('and', a, b)), [4]],
    [call('some', nested('event'), call('and', isLate, call('some', nested('link'), a))), [4]],
  ])
}

function eventOf(name: string, timeUnixNano: bigint, attributes: PlainAttributes = {}): SpanEvent {
  return { name, timeUnixNano, attributes: attributesOf(attributes), droppedAttributesCount: 0 }
}

function linkOf(number: number, attributes: PlainAttributes = {}): SpanLink {
  return {
    traceId: traceIdOf(number),
    spanId: spanIdOf(number),
    traceState: 'l=1',
    attributes: attributesOf(attributes),
    droppedAttributesCount: 0,
    flags: 0,
  }
}
