import t from 'tap'
import type { Call } from '../../../src/ports/span-query.ts'
import { operators } from '../../../src/ports/span-query.ts'
import type { WireCall } from '../../../src/query/read-filter.ts'
import { readFilter } from '../../../src/query/read-filter.ts'
import { checkFilter } from '../../../src/search/check-filter.ts'
import { queryLimitDefaults } from '../../../src/search/query-limits.ts'
import { wireFilterOf } from '../../../src/stores/remote/wire-filter.ts'
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
  timeUnixNano,
} from '../../conformance/filter.ts'
import { Chance, randomQuery } from '../../conformance/generate.ts'

const all = {
  levels: new Set(['span', 'resource', 'scope', 'event', 'link']),
  operators: new Set<string>(operators),
}

/** The filter that a spangate makes of what it is sent. */
function sent(filter: Call): Call {
  const { call: wire } = wireFilterOf(filter, all)
  return readFilter(wire as WireCall)
}

/** Such lists go as alternatives. */
const untyped = '{"kind":"list","values":[{"kind":"any"'

t.test('wireFilterOf() says random filters so that they are read as they were', async (t) => {
  const world = { chance: new Chance(20_261_201), arrivalUnixMs: 1_795_000_000_000, traces: 10 }
  let count = 0
  for (let at = 0; at < 500; at++) {
    const { filter } = randomQuery(world)
    if (filter === undefined) continue
    checkFilter(filter, queryLimitDefaults)
    if (!wireFilterOf(filter, all).isWhole || JSON.stringify(filter, bare).includes(untyped))
      continue
    count += 1
    t.same(sent(filter), filter)
  }
  t.ok(count > 350, `${count} filters are said whole`)
})

function bare(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

const span = (key: string) => attr('span', key)

const constants: readonly Call[] = [
  call('eq', span('a'), any('500')),
  call('eq', span('a'), string('')),
  call('eq', span('a'), int(-(2n ** 63n))),
  call('gt', span('a'), double(1e21)),
  call('gt', span('a'), double(5e-324)),
  call('ne', span('a'), double(Number.NaN)),
  call('lt', span('a'), double(Number.NEGATIVE_INFINITY)),
  call('eq', bool(false), span('a')),
  call('gte', field('span', 'duration'), durationNano(2n ** 63n - 1n)),
  call('lt', durationNano(1n), field('event', 'timeSinceStart')),
  call('lt', field('span', 'startTime'), timeUnixNano(1_795_000_000_000_000_001n)),
  call('lt', field('span', 'startTime'), timeUnixNano(-1n)),
  call('in', field('span', 'startTime'), list(timeUnixNano(1n), timeUnixNano(2n))),
]

for (const filter of constants) {
  t.test(`wireFilterOf() says ${text(filter)}`, async (t) => t.same(sent(filter), filter))
}

t.test('wireFilterOf() says a list of constants without type as alternatives', async (t) => {
  const [a, b] = [any('a'), any('b')]
  const eq = (value: ReturnType<typeof any>): Call => call('eq', span('k'), value)
  t.same(sent(call('in', span('k'), list(a, b))), call('or', eq(a), eq(b)))
  t.same(sent(call('in', span('k'), list(a))), eq(a))
  const without = wireFilterOf(call('not_in', span('k'), list(a, b)), all)
  t.same(without, { call: undefined, isWhole: false })
})

const service = ofService('shop')
const negated = call('not', call('eq', span('a'), string('x')))
const ofScope = call('eq', attr('scope', 'a'), string('x'))
const some = { levels: new Set(['span', 'resource']), operators: new Set(['and', 'or', 'eq']) }

const weakened: readonly (readonly [string, Call, Call | undefined])[] = [
  ['a condition that cannot be said', negated, undefined],
  ['one of two that must hold', call('and', negated, service), service],
  ['one of two that may hold', call('or', negated, service), undefined],
  [
    'conditions within others',
    call('and', call('or', service, call('and', service, ofScope)), negated),
    call('or', service, service),
  ],
  ['a level', call('and', ofScope, service), service],
  [
    'a duration that is longer than there is',
    call('and', service, call('eq', field('span', 'duration'), durationNano(2n ** 63n))),
    service,
  ],
]

for (const [name, filter, expected] of weakened) {
  t.test(`wireFilterOf() leaves out what a remote cannot do: ${name}`, async (t) => {
    const { call: wire, isWhole } = wireFilterOf(filter, some)
    t.equal(isWhole, false)
    t.same(wire && readFilter(wire as WireCall), expected)
  })
}

t.test('wireFilterOf() compares no two durations, which would be texts', async (t) => {
  const filter = call('eq', durationNano(1000n), durationNano(1500n))
  t.same(wireFilterOf(filter, all), { call: undefined, isWhole: false })
})

function text(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))
}
