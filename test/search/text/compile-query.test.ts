import t from 'tap'
import type { Call } from '../../../src/ports/span-query.ts'
import { neededFilters, resultFilter } from '../../../src/search/text/candidate-filters.ts'
import { compileText } from '../../../src/search/text/compile-query.ts'
import { attr, call, durationNano, field, int, string } from '../../conformance/filter.ts'

const refused: Readonly<Record<string, string>> = {
  '{ .a == 1 }':
    'line 1, column 7: "=" is unexpected, expected an attribute such as ".key", a field such as "name" or a value',
  '{ .a = 1': 'line 1, column 9: the query ends, expected an operator or "}"',
  '': 'line 1, column 1: the query ends, expected "{" or "("',
  '{}\n&& {\n  name = 5 }': 'line 3, column 8: name is compared with a number, must be a text',
  '{ a = 1 }': 'line 1, column 3: "a" is no field; an attribute has a dot before it, ".a"',
  '{ span:nam = 1 }': 'line 1, column 3: there is no field "span:nam"',
  '{ .a = "x }': `line 1, column 8: this text does not end, expected '"'`,
  '{ .a = "\\q" }': 'line 1, column 9: this escape is none; write a backslash as \\\\',
  '{ "😀" = .a && ? }': 'line 1, column 15: "?" is unexpected here',
  '{ .a =~ "(" }':
    'line 1, column 6: this is no regular expression of RE2: error parsing regexp: missing closing ): `(`',
  '{ status > error }': 'line 1, column 10: a status has no order',
  '{ kind = error }': 'line 1, column 8: kind is compared with a status, must be a kind',
  '{ name }': 'line 1, column 3: a condition is needed here, this is name',
  '{ parent.a = 1 }': 'line 1, column 3: an attribute of the parent is not supported',
  '{ nestedSetLeft > 1 }': 'line 1, column 3: the field "nestedSetLeft" is not supported',
  '{ .a + 1 = 2 }': 'line 1, column 6: arithmetic on .a is not supported',
  '{} | by(.a)': 'line 1, column 6: grouping, "by()", is not supported',
  '{} | avg(duration) > 1s': 'line 1, column 6: the aggregate "avg()" is not supported',
  '{} | rate()': 'line 1, column 6: the metric "rate()" is not supported',
  '{} | count()': 'line 1, column 13: the query ends, expected "=", "!=", ">", ">=", "<" or "<="',
  '{} | count() > count()': 'line 1, column 16: comparing two aggregates is not supported',
  '{} with (most_recent=true)': 'line 1, column 4: a hint, "with (…)" is not supported',
  '{} | nothing()':
    'line 1, column 6: "nothing" is unexpected, expected "{", "(", "count()" or "select("',
  '{ .a = 9223372036854775808 }': 'line 1, column 8: 9223372036854775808 is beyond 64 bits',
  "{ .a = 'b' }": 'line 1, column 8: a text is in double quotes or backquotes',
  '{ .a > 1e400 }': 'line 1, column 8: 1e400 is beyond 64 bits',
}

for (const [text, message] of Object.entries(refused)) {
  t.test(`compileText() refuses ${JSON.stringify(text)} with its place`, async (t) => {
    const error = {
      code: 'invalid_argument',
      field: 'query',
      message: `Cannot read query: ${message}`,
    }
    t.throws(() => compileText(text), error)
  })
}

t.test('compileText() refuses what is too large, deep or many', async (t) => {
  const large: Readonly<Record<string, string>> = {
    [`{ .a = "${'x'.repeat(10_000)}" }`]:
      'line 1, column 10001: the query is longer than 10000 characters',
    [`{ ${'('.repeat(60)}.a${')'.repeat(60)} }`]: 'line 1, column 53: the query nests over 50 deep',
    [`${'('.repeat(60)}{}${')'.repeat(60)}`]: 'line 1, column 52: the query nests over 50 deep',
    [`{ ${'!'.repeat(49)}.a }`]: 'line 1, column 1: in these braces calls nest over 20 deep',
    [`{ ${'.a || '.repeat(600)}.a }`]:
      'line 1, column 1: in these braces the filter has over 1000 terms',
    [Array(17).fill('{}').join(' && ')]: 'line 1, column 97: the query has over 16 spansets',
    [Array(18).fill('count() > 1').join(' | ')]:
      'line 1, column 237: the pipeline has over 16 stages',
    [`{} | select(${Array(21).fill('.a').join(', ')})`]:
      'line 1, column 93: over 20 values are selected',
    [`{ .a =~ "${'x'.repeat(1100)}" }`]:
      'line 1, column 1: in these braces the expression is longer than 1000',
  }
  for (const [text, message] of Object.entries(large)) {
    const error = { code: 'invalid_argument', message: `Cannot read query: ${message}` }
    t.throws(() => compileText(text), error, text.slice(0, 40))
  }
})

t.test('compileText() reads chains of thousands without running out of stack', async (t) => {
  t.doesNotThrow(() => compileText(`{ ${'1+'.repeat(4000)}1 = 2 }`))
})

const a = attr('span', 'a')
const filters: Readonly<Record<string, Call>> = {
  '{ span.a = 1 }': call('eq', a, int(1n)),
  '{ 1 < span.a }': call('gt', a, int(1n)),
  '{ span.a != 1 }': call('and', call('ne', a, int(1n)), call('not', call('eq', a, int(1n)))),
  '{ span.a =~ "x|y" }': call('regex', a, string('^(?s:x|y)$')),
  '{ duration > 1.5ms }': call('gt', field('span', 'duration'), durationNano(1_500_000n)),
  '{ resource.service.name = "cart" }': call('eq', field('resource', 'service'), string('cart')),
  '{ trace:id = "AB" }': call('eq', field('span', 'traceID'), string('ab'.padStart(32, '0'))),
  '{ span.a = nil }': call('not', call('exists', a)),
  '{ name = "" }': call('not', call('exists', field('span', 'name'))),
  '{ span.a > 5s }': call('gt', a, int(5_000_000_000n)),
  '{ span.a = 1 && span.a = 2 && span.a = 3 }': call(
    'and',
    call('eq', a, int(1n)),
    call('eq', a, int(2n)),
    call('eq', a, int(3n)),
  ),
}

for (const [text, filter] of Object.entries(filters)) {
  t.test(`compileText() makes ${text} a filter`, async (t) => {
    t.same(compileText(text).spanset, { kind: 'spans', filter })
  })
}

t.test('&& and || group from the left, as in TraceQL', async (t) => {
  const [one, two, three] = [1n, 2n, 3n].map((value) => call('eq', a, int(value)))
  const { spanset } = compileText('{ span.a = 1 || span.a = 2 && span.a = 3 }')
  t.same(spanset, {
    kind: 'spans',
    filter: call('and', call('or', one as Call, two as Call), three as Call),
  })
})

t.test('resultFilter() and neededFilters() find every candidate', async (t) => {
  const eq = (value: bigint): Call => call('eq', a, int(value))
  const rows: readonly (readonly [string, Call | undefined, readonly Call[]])[] = [
    ['{ span.a = 1 }', eq(1n), [eq(1n)]],
    ['{ span.a = 1 } > { span.a = 2 }', eq(2n), [eq(1n), eq(2n)]],
    ['{ span.a = 1 } !> { span.a = 2 }', eq(2n), [eq(2n)]],
    ['{ span.a = 1 } && { span.a = 2 }', call('or', eq(1n), eq(2n)), [eq(1n), eq(2n)]],
    ['{ span.a = 1 } || { span.a = 2 }', call('or', eq(1n), eq(2n)), [call('or', eq(1n), eq(2n))]],
    ['{ span.a = 1 } &> { span.a = 2 }', call('or', eq(1n), eq(2n)), [eq(1n), eq(2n)]],
    ['{ span.a = 1 } | { span.a = 2 }', call('and', eq(1n), eq(2n)), [eq(1n), eq(2n)]],
    ['{ trace:duration > 1s && span.a = 1 }', eq(1n), [eq(1n)]],
    ['{ trace:duration > 1s || span.a = 1 }', undefined, []],
    ['{ !(trace:duration > 1s && span.a = 1) }', undefined, []],
    ['count() > 2', undefined, []],
  ]
  for (const [text, result, needed] of rows) {
    const { spanset } = compileText(text)
    t.same(resultFilter(spanset), result, text)
    t.same(neededFilters(spanset), needed, text)
  }
})
