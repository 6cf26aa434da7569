import t from 'tap'
import type { Call } from '../../../src/ports/span-query.ts'
import { queryOfLegacy } from '../../../src/search/legacy-query.ts'
import { legacyParametersOf } from '../../../src/stores/remote/legacy-parameters.ts'
import {
  any,
  attr,
  bool,
  call,
  double,
  durationNano,
  field,
  int,
  ofService,
  string,
} from '../../conformance/filter.ts'

const nothing = { attributes: [] }
const duration = field('span', 'duration')
const slow = call('gte', duration, durationNano(1_500n))
const attribute = (key: string, stringValue: string) => ({
  attributes: [{ key, value: { stringValue } }],
})
const seconds = (nanos: number) => ({ seconds: '0', nanos })
/** The longest that Go has, in whole microseconds. */
const longest = { seconds: '9223372036', nanos: 854_774_999 }

const table: readonly (readonly [string, Call | undefined, object])[] = [
  ['no filter', undefined, nothing],
  ['a service', ofService('shop'), { ...nothing, serviceName: 'shop' }],
  [
    'a service by its attribute',
    call('eq', string('shop'), field('resource', 'service')),
    { ...nothing, serviceName: 'shop' },
  ],
  [
    'conditions that hold together, however they are put together',
    call(
      'and',
      call('and', ofService('shop'), slow),
      call('eq', field('span', 'name'), any('put')),
    ),
    {
      ...nothing,
      serviceName: 'shop',
      operationName: 'put',
      durationMin: seconds(0),
      durationMax: longest,
    },
  ],
  ['an attribute as text', call('eq', attr('', 'k'), any('v')), attribute('k', 'v')],
  ['an integer as its text', call('eq', attr('span', 'k'), int(500n)), attribute('k', '500')],
  ['a boolean as its text', call('eq', bool(true), attr('event', 'k')), attribute('k', 'true')],
  [
    'no duration beside it',
    call('and', call('eq', attr('', 'k'), any('v')), slow),
    attribute('k', 'v'),
  ],
  [
    'a duration in whole microseconds, each of which is met',
    call(
      'and',
      call('lt', duration, durationNano(9_999n)),
      call('gt', duration, durationNano(5_000n)),
    ),
    { ...nothing, durationMin: seconds(4000), durationMax: seconds(10_999) },
  ],
  [
    'the narrowest of several durations',
    call('and', slow, call('lte', durationNano(3_000n), duration)),
    { ...nothing, durationMin: seconds(2000), durationMax: longest },
  ],
  [
    'error=true of the old APIs',
    queryOfLegacy({ attributes: new Map([['error', 'true']]), limit: 1 }).filter,
    { attributes: [{ key: 'error', value: { boolValue: true } }] },
  ],
]

for (const [name, filter, expected] of table) {
  t.test(`legacyParametersOf() says ${name}`, async (t) => {
    t.same(legacyParametersOf(filter), expected)
  })
}

const unsaid: readonly Call[] = [
  call('or', ofService('a'), ofService('b')),
  call('not', ofService('a')),
  call('ne', field('resource', 'service'), string('a')),
  call('gt', field('resource', 'service'), string('a')),
  call('eq', field('span', 'kind'), string('server')),
  // Values that storages write in different ways.
  call('eq', attr('', 'k'), any('0.5')),
  call('eq', attr('', 'k'), any('1e+21')),
  call('eq', attr('', 'k'), any('12345678901')),
  call('eq', attr('', 'k'), any('')),
  call('eq', attr('', 'k'), any('-0')),
  call('eq', attr('', 'k'), int(0n)),
  call('eq', attr('', 'k'), double(1)),
  // Patterns of Lucene.
  ...Array.from('.?+*|{}[]()"\\#@&<>~', (sign) => call('eq', attr('', 'k'), string(`a${sign}b`))),
  // What Cassandra does not index.
  call('eq', attr('', 'k'.repeat(256)), string('v')),
  call('eq', attr('', 'k'), string('v'.repeat(256))),
  call('eq', attr('', 'k'), string('\u20ac'.repeat(86))),
  // Cassandra's would be only those of a microsecond or more.
  call('lt', duration, durationNano(5_000n)),
  call('gte', duration, durationNano(999n)),
  // Where a Jaeger does not look, or looks elsewhere.
  call('eq', attr('link', 'k'), string('v')),
  call('eq', attr('scope', 'k'), string('v')),
  call('eq', attr('', 'span.kind'), string('v')),
  call('eq', attr('', 'error'), any('timeout')),
  queryOfLegacy({ attributes: new Map([['error', 'false']]), limit: 1 }).filter as Call,
  call('some', { kind: 'nested', level: 'event' }, call('eq', attr('event', 'k'), string('v'))),
]

for (const filter of unsaid) {
  const text = JSON.stringify(filter, (_key, inner) =>
    typeof inner === 'bigint' ? `${inner}n` : inner,
  )
  t.test(`legacyParametersOf() says nothing of ${text}`, async (t) => {
    t.same(legacyParametersOf(filter), nothing)
  })
}
