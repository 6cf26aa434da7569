import type {
  AttributeLevel,
  Call,
  ConstantTerm,
  FieldLevel,
  Operator,
  SpanQuery,
  Term,
} from '../../src/ports/span-query.ts'
import { builtInFields } from '../../src/ports/span-query.ts'
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
  ofService,
  string,
  timeUnixNano,
} from '../conformance/filter.ts'
import type { World } from '../conformance/generate.ts'

/** One condition, and what it is an example of: `gt span.attr int`. */
export interface Shape {
  readonly name: string
  readonly condition: Call
}

const levels: readonly AttributeLevel[] = ['', 'span', 'resource', 'scope', 'event', 'link']
const ordered = ['eq', 'ne', 'gt', 'lt', 'gte', 'lte'] as const
const alike = ['eq', 'ne'] as const
const lists = ['in', 'not_in'] as const
const keys = ['a', 'b', 'error', 'http.status_code', 'size', 'tags']

/** Constants that values of the random spans meet (test/conformance/generate.ts). */
const constants: Readonly<Record<string, readonly ConstantTerm[]>> = {
  any: ['500', 'x', 'true', '00ff', '1e+21', '0.1', '-7'].map(any),
  string: ['x', 'y', '500', 'true', 'Ünïcode'].map(string),
  int: [500n, 200n, 0n, -7n, 9_007_199_254_740_993n].map(int),
  double: [500, 0.1, 72.5, 9_007_199_254_740_992].map(double),
  bool: [true, false].map(bool),
}

const patterns = ['x', '^5', '[ïx]', '0$', '', 't.*e', '[YŸy]'].map(string)

/** Texts that the built-in fields of the random spans have. */
const texts: Readonly<Record<string, readonly string[]>> = {
  'span.traceID': ['00000000000000000000000000000003', '00000000000000070000000000000005'],
  'span.spanID': ['0000000000000007', '00000000000000a1'],
  'span.parentSpanID': ['0000000000000007', '0000000000000011'],
  'span.traceState': ['a=1'],
  'span.name': ['GET /', 'charge', 'put'],
  'span.kind': ['server', 'client', 'internal', 'unspecified'],
  'span.status': ['unset', 'ok', 'error'],
  'span.statusMessage': ['x'],
  'resource.service': ['cart', 'müll', 'stock'],
  'resource.schemaURL': ['schema/1'],
  'scope.name': ['library', 'other'],
  'scope.version': ['1.2'],
  'scope.schemaURL': ['schema/1'],
  'event.name': ['exception', 'retry'],
  'link.traceID': ['00000000000000000000000000000002'],
  'link.spanID': ['0000000000000002'],
  'link.traceState': ['a=1'],
}

/** Every operator on every level or field with every type of constant that it takes. */
export function everyShape(world: World): readonly Shape[] {
  return [...attributeShapes(world), ...fieldShapes(world), ...pairShapes()]
}

function attributeShapes({ chance }: World): readonly Shape[] {
  return levels.flatMap((level) => {
    const subject = (): Term => attr(level, chance.of(keys))
    const named = (op: Operator, type: string, condition: Call): Shape => ({
      name: `${op} ${level || 'any level'} ${type}`,
      condition,
    })
    const typed = Object.entries(constants).flatMap(([type, some]) => {
      const ops = type === 'bool' ? alike : ordered
      return [
        ...ops.map((op) => named(op, type, call(op, subject(), chance.of(some)))),
        // The other way round: the constant stands first.
        ...ops.map((op) => named(op, `${type} first`, call(op, chance.of(some), subject()))),
        ...lists.map((op) =>
          named(op, type, call(op, subject(), list(chance.of(some), chance.of(some)))),
        ),
      ]
    })
    return [
      ...typed,
      named('exists', '', call('exists', subject())),
      named('regex', '', call('regex', subject(), chance.of(patterns))),
    ]
  })
}

function fieldShapes(world: World): readonly Shape[] {
  return Object.entries(builtInFields).flatMap(([level, names]) =>
    names.flatMap((name) => {
      const subject = field(level as FieldLevel, name)
      const known = texts[`${level}.${name}`]
      const shapes =
        known === undefined
          ? timedConditions(world, subject, name)
          : textConditions(world, subject, known)
      return [...shapes, call('exists', subject)].map((condition) => ({
        name: `${condition.op} ${level}.${name}`,
        condition,
      }))
    }),
  )
}

function textConditions({ chance }: World, subject: Term, known: readonly string[]): Call[] {
  const one = (): ConstantTerm => string(chance.of(known))
  const isWord = subject.kind === 'field' && ['kind', 'status'].includes(subject.name)
  return [
    ...(isWord ? alike : ordered).map((op) => call(op, subject, one())),
    ...lists.map((op) => call(op, subject, list(one(), one()))),
    call('regex', subject, string(chance.of(['a', '^[GP0]', '[0-9]$', 'ü|e']))),
  ]
}

function timedConditions(world: World, subject: Term, name: string): Call[] {
  const { chance, arrivalUnixMs } = world
  const isDuration = name === 'duration' || name === 'timeSinceStart'
  const one = (): ConstantTerm =>
    isDuration
      ? durationNano(BigInt(chance.of([0, 1_000, 1_500, 50_000, 2_000_000, 3_000_000])))
      : timeUnixNano(BigInt(arrivalUnixMs - chance.below(7_200_000)) * 1_000_000n)
  return [
    ...ordered.map((op) => call(op, subject, one())),
    ...lists.map((op) => call(op, subject, list(one(), one()))),
  ]
}

/** References on both sides. */
function pairShapes(): readonly Shape[] {
  const pairs: readonly (readonly [Term, Term])[] = [
    [attr('span', 'a'), attr('span', 'b')],
    [attr('', 'size'), attr('resource', 'size')],
    [attr('event', 'a'), attr('link', 'a')],
    [field('span', 'startTime'), field('event', 'time')],
    [field('span', 'duration'), field('event', 'timeSinceStart')],
    [field('span', 'traceState'), field('link', 'traceState')],
    [attr('', 'tags'), field('span', 'statusMessage')],
  ]
  return pairs.flatMap(([left, right], at) =>
    ordered.map((op) => ({ name: `${op} pair ${at}`, condition: call(op, left, right) })),
  )
}

/** `count` queries that hold every shape once or more, combined in every way. */
export function queriesOf(shapes: readonly Shape[], count: number, world: World): SpanQuery[] {
  const { chance } = world
  const hands = Array.from(Array(count), (): Call[] => [])
  for (const [at, { condition }] of shapes.entries()) hands[at % count]?.push(condition)
  return hands.map((hand, at) => ({
    limit: chance.of([1, 3, 20, 1000]),
    ...windowOf(world),
    filter: combined(hand, at, world),
  }))
}

/** Most are joined by `or`: many conditions rarely hold on one span. */
function combined(hand: readonly Call[], at: number, { chance }: World): Call {
  const [first, second = first, ...rest] = hand
  if (first === undefined || second === undefined) return ofService('cart')
  const level = chance.of(['event', 'link'] as const)
  const either = rest.length > 0 ? call('or', second, ...rest) : second
  switch (at % 6) {
    case 0:
      return call('or', first, either)
    case 1:
      return call('and', first, either)
    case 2:
      return call('and', ofService(chance.of(['cart', 'müll'])), call('or', first, either))
    case 3:
      return call('and', first, call('not', either))
    case 4:
      return call('or', call('some', nested(level), first), call('and', second, ...rest, first))
    default:
      return call('not', call('or', call('not', first), either))
  }
}

function windowOf({ chance, arrivalUnixMs }: World): Partial<SpanQuery> {
  const min = arrivalUnixMs * 1000 - chance.below(7_200_000_000)
  const window = { minMicros: min, maxMicros: min + chance.below(7_200_000_000) }
  return chance.of([{}, window, { minMicros: window.minMicros }, { maxMicros: window.maxMicros }])
}
