import type { Span, SpanGroup } from '../../bridge/model/span.ts'
import type { Call, ConstantTerm, FieldLevel, SpanQuery, Term } from '../../src/ports/span-query.ts'
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

/** Chance that repeats: mulberry32, which is enough for tests. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to just below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 to just below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  is(probability: number): boolean {
    return this.next() < probability
  }

  of<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.below(choices.length)] as Choice
  }
}

/** Where random spans lie: few values of everything, so that random conditions meet them. */
export interface World {
  readonly chance: Chance
  readonly arrivalUnixMs: number
  /** Traces that spans belong to. */
  readonly traces: number
}

const services = ['cart', 'front', 'mail', 'müll', 'stock']
const operations = ['GET /', 'GET /cart', 'charge', 'put', 'send']
const keys = ['a', 'b', 'error', 'http.status_code', 'size', 'tags']
const values: readonly Plain[] = [
  'x',
  'y',
  '500',
  'true',
  '',
  'Ünïcode',
  500n,
  200n,
  0n,
  -7n,
  9_007_199_254_740_993n,
  500,
  0.1,
  1e21,
  72.5,
  -0,
  true,
  false,
  new Uint8Array([0, 255]),
  ['x', 500n],
  ['y', ['x', 0.5]],
  [],
  undefined,
]

/** Some groups of random spans. */
export function randomGroups(world: World, spans: number): SpanGroup[] {
  const { chance } = world
  const groups: SpanGroup[] = []
  for (let left = spans; left > 0; ) {
    const count = Math.min(left, 1 + chance.below(12))
    left -= count
    const group = sampleGroup(
      Array.from(Array(count), () => randomSpan(world)),
      {
        service: chance.of(services),
        resource: chance.is(0.5) ? randomAttributes(chance) : {},
        resourceSchemaUrl: chance.is(0.3) ? 'schema/1' : '',
        ...(chance.is(0.6) ? { scope: { ...randomScope(chance) } } : {}),
      },
    )
    groups.push(group)
  }
  return groups
}

function randomScope(chance: Chance): NonNullable<Parameters<typeof sampleGroup>[1]>['scope'] {
  return {
    name: chance.of(['', 'library', 'other']),
    version: chance.of(['', '1.2']),
    attributes: randomAttributes(chance),
  }
}

function randomAttributes(chance: Chance): PlainAttributes {
  return Object.fromEntries(
    Array.from(Array(chance.below(4)), () => [chance.of(keys), chance.of(values)]),
  )
}

function randomSpan(world: World): Span {
  const { chance } = world
  const startUnixNano = randomStart(world)
  const number = 1 + chance.below(world.traces)
  return sampleSpan({
    trace: chance.is(0.2) ? traceIdOf(number, 7) : number,
    id: 1 + chance.below(500),
    ...(chance.is(0.7) ? { parent: 1 + chance.below(500) } : {}),
    name: chance.of(operations),
    kind: chance.below(6),
    startUnixNano,
    durationNano: randomDuration(chance),
    attributes: randomAttributes(chance),
    status: chance.is(0.5) ? undefined : { code: chance.below(3), message: chance.of(['', 'x']) },
    traceState: chance.of(['', '', 'a=1']),
    events: Array.from(Array(chance.below(3)), () => ({
      name: chance.of(['', 'exception', 'retry']),
      timeUnixNano: startUnixNano + BigInt(chance.below(100_000)),
      attributes: attributesOf(randomAttributes(chance)),
      droppedAttributesCount: 0,
    })),
    links: Array.from(Array(chance.below(2)), () => ({
      traceId: traceIdOf(1 + chance.below(3)),
      spanId: spanIdOf(1 + chance.below(3)),
      traceState: chance.of(['', 'a=1']),
      attributes: attributesOf(randomAttributes(chance)),
      droppedAttributesCount: 0,
      flags: 0,
    })),
  })
}

/** Mostly of the last two hours with many equal microseconds, some far away. */
function randomStart({ chance, arrivalUnixMs }: World): bigint {
  if (chance.is(0.01)) return 5_000n
  if (chance.is(0.01)) return 4_102_444_800_000_000_000n
  const ms = BigInt(arrivalUnixMs - chance.below(chance.is(0.5) ? 200 : 7_200_000))
  return ms * 1_000_000n + BigInt(chance.below(3) * 1000 + chance.of([0, 1, 999]))
}

function randomDuration(chance: Chance): bigint {
  return chance.of([0n, 1n, 999n, 1_000n, 1_999n, 2_000_000n, BigInt(chance.below(5_000_000))])
}

/** A random query, with or without window and filter. */
export function randomQuery(world: World): SpanQuery {
  const { chance, arrivalUnixMs } = world
  const now = arrivalUnixMs * 1000
  const min = now - chance.below(chance.is(0.5) ? 200_000 : 7_200_000_000)
  const max = min + chance.below(chance.is(0.5) ? 100_000 : 7_200_000_000)
  return {
    limit: chance.of([1, 2, 5, 20, 1000]),
    ...(chance.is(0.5) ? { minMicros: min } : {}),
    ...(chance.is(0.5) ? { maxMicros: max } : {}),
    ...(chance.is(0.95) ? { filter: randomCall(world, 4, []) } : {}),
  }
}

type Bound = readonly ('event' | 'link')[]

function randomCall(world: World, depth: number, bound: Bound): Call {
  const { chance } = world
  if (depth <= 1 || chance.is(0.35)) return randomLeaf(world)
  const inner = (): Call => randomCall(world, depth - 1, bound)
  switch (chance.below(5)) {
    case 0:
      return call('not', inner())
    case 1:
      return call('or', ...Array.from(Array(2 + chance.below(2)), inner))
    case 2: {
      const level = chance.of(['event', 'link'] as const)
      if (bound.includes(level)) return inner()
      return call('some', nested(level), randomCall(world, depth - 1, [...bound, level]))
    }
    default:
      return call('and', ...Array.from(Array(2 + chance.below(2)), inner))
  }
}

function randomLeaf(world: World): Call {
  const { chance } = world
  if (chance.is(0.4)) return randomFieldLeaf(world)
  const level = chance.of(['', '', 'span', 'resource', 'scope', 'event', 'link'] as const)
  const subject = attr(level, chance.of([...keys, 'absent']))
  const constant = (): ConstantTerm =>
    chance.of([
      any(chance.of(['500', 'x', 'true', '', '00ff', '1e+21', '0.1', '72.5', '1e3', '-7', '-0'])),
      string(chance.of(['x', 'y', '500', 'true', 'Ünïcode'])),
      int(chance.of([500n, 0n, -7n, 9_007_199_254_740_993n])),
      double(chance.of([500, 0.1, 72.5, 9_007_199_254_740_992])),
      bool(chance.is(0.5)),
    ])
  switch (chance.below(6)) {
    case 0:
      return call('exists', subject)
    case 1:
      return call('regex', subject, string(chance.of(['x', '^5', '[ïx]', '0$', '', 't.*e'])))
    case 2: {
      const first = constant()
      const alike = Array.from(Array(40), constant).filter(({ kind }) => kind === first.kind)
      return call(chance.of(['in', 'not_in'] as const), subject, list(first, ...alike.slice(0, 3)))
    }
    default: {
      const value = constant()
      const op =
        value.kind === 'bool'
          ? chance.of(['eq', 'ne'] as const)
          : chance.of(['eq', 'eq', 'eq', 'ne', 'gt', 'lt', 'gte', 'lte'] as const)
      return call(op, subject, value)
    }
  }
}

const textFields: readonly (readonly [FieldLevel, string, readonly string[]])[] = [
  ['resource', 'service', services],
  ['resource', 'service', services],
  ['span', 'name', operations],
  ['span', 'name', operations],
  ['span', 'traceState', ['a=1']],
  ['span', 'statusMessage', ['x']],
  ['span', 'parentSpanID', ['0000000000000007']],
  ['span', 'traceID', ['00000000000000000000000000000003']],
  ['resource', 'schemaURL', ['schema/1']],
  ['scope', 'name', ['library', 'other']],
  ['scope', 'version', ['1.2']],
  ['event', 'name', ['exception', 'retry']],
  ['link', 'traceID', ['00000000000000000000000000000002']],
  ['link', 'traceState', ['a=1']],
]

function randomFieldLeaf({ chance, arrivalUnixMs }: World): Call {
  const order = chance.of(['eq', 'ne', 'gt', 'lt', 'gte', 'lte'] as const)
  const micros = BigInt(chance.of([0, 1, 2, 2000, 1_000_000])) * 1000n + BigInt(chance.below(1000))
  const time = BigInt(arrivalUnixMs - chance.below(7_200_000)) * 1_000_000n
  switch (chance.below(8)) {
    case 0:
      return call(order, field('span', 'duration'), durationNano(micros))
    case 1:
      return call(
        order,
        field('event', 'timeSinceStart'),
        durationNano(BigInt(chance.below(99_999))),
      )
    case 2:
      return call(order, timeField(chance), timeUnixNano(time))
    case 3: {
      const kind = string(chance.of(['server', 'client', 'internal', 'unspecified']))
      return call(chance.of(['eq', 'ne'] as const), field('span', 'kind'), kind)
    }
    case 4: {
      const status = string(chance.of(['unset', 'ok', 'error']))
      return call(chance.of(['eq', 'ne'] as const), field('span', 'status'), status)
    }
    default: {
      const [level, name, texts] = chance.of(textFields)
      const subject = field(level, name)
      const text = (): Term => string(chance.of(texts))
      if (chance.is(0.2)) return call('exists', subject)
      if (chance.is(0.2))
        return call('regex', subject, string(chance.of(['a', '^G', '[0-9]', 'ü'])))
      return chance.is(0.5) ? call('eq', subject, text()) : call(order, subject, text())
    }
  }
}

function timeField(chance: Chance): Term {
  return chance.of([field('span', 'startTime'), field('span', 'endTime'), field('event', 'time')])
}
