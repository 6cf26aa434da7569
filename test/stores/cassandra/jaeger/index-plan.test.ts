import t from 'tap'
import { planIndexes } from '../../../../src/stores/cassandra/jaeger/index-plan.ts'
import { servicesOf } from '../../../../src/stores/cassandra/jaeger/service-streams.ts'
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
  ofService,
  string,
} from '../../../conformance/filter.ts'

const every = { kind: 'every' }
const tag = (key: string, value: string) => ({ kind: 'tag', tag: { key, value } })

t.test('planIndexes() takes equal tags, names and durations out of a filter', async (t) => {
  const name = call('eq', field('span', 'name'), string('get'))
  const slow = call('gte', field('span', 'duration'), durationNano(1_999n))
  const red = call('eq', attr('', 'color'), any('red'))
  t.same(planIndexes(call('and', ofService('shop'), name, slow, red)), {
    kind: 'and',
    parts: [
      { kind: 'service', name: 'shop' },
      { kind: 'operation', name: 'get' },
      { kind: 'duration', minMicros: 1n, maxMicros: 2n ** 63n - 1n },
      tag('color', 'red'),
    ],
  })
  t.same(planIndexes(call('or', red, name)), {
    kind: 'or',
    parts: [tag('color', 'red'), { kind: 'operation', name: 'get' }],
  })
  t.same(planIndexes(call('eq', attr('resource', 'service.name'), string('shop'))), {
    kind: 'service',
    name: 'shop',
  })
})

t.test('planIndexes() knows all texts of equal values', async (t) => {
  const planOf = (value: Parameters<typeof any>[0] | Parameters<typeof call>[1]) =>
    planIndexes(call('eq', attr('span', 'x'), typeof value === 'string' ? any(value) : value))
  const texts = (...values: readonly string[]) => ({
    kind: 'or',
    parts: values.map((value) => tag('x', value)),
  })
  t.same(planOf(bool(true)), tag('x', 'true'))
  t.same(planOf(int(500n)), tag('x', '500'))
  t.same(planOf(int(12_345_678_901n)), texts('12345678901', '1.23456789e+10'))
  t.same(planOf(double(0)), texts('0', '-0'))
  t.same(planOf(double(0.5)), tag('x', '0.5'))
  t.same(
    planIndexes(call('in', attr('span', 'x'), list(string('a'), string('b')))),
    texts('a', 'b'),
  )
  t.same(planIndexes(call('eq', attr('', 'host.name'), any('h'))), {
    kind: 'or',
    parts: [tag('host.name', 'h'), tag('hostname', 'h')],
  })
})

t.test('planIndexes() leaves to reading what no index has', async (t) => {
  for (const filter of [
    undefined,
    call('eq', attr('span', 'x'), string('y'.repeat(256))),
    call('eq', attr('span', 'x'), string('{"a":1}')),
    call('ne', attr('span', 'x'), string('a')),
    call('not', call('eq', attr('span', 'x'), string('a'))),
    call('regex', attr('span', 'x'), string('a')),
    call('eq', attr('link', 'x'), string('a')),
    call('eq', attr('', '@jaeger@flags'), int(2n)),
    call('or', ofService('shop'), call('exists', attr('span', 'x'))),
  ]) {
    t.same(planIndexes(filter), every)
  }
})

t.test('servicesOf() finds the services that can match', async (t) => {
  const of = (...filters: Parameters<typeof planIndexes>) => servicesOf(planIndexes(...filters))
  const red = call('eq', attr('', 'color'), any('red'))
  t.equal(of(red), undefined)
  t.same(of(call('and', red, ofService('shop'))), new Set(['shop']))
  t.same(of(call('and', ofService('shop'), ofService('stock'))), new Set())
  t.same(of(call('or', ofService('shop'), ofService('stock'))), new Set(['shop', 'stock']))
  t.equal(of(call('or', ofService('shop'), red)), undefined)
})
