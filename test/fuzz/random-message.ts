import type { Contract } from '../proto/read-descriptors.ts'
import type { Random } from './random.ts'

/** A field as the descriptors have it. */
interface Field {
  readonly name: string
  readonly jsonName: string
  readonly type: string
  readonly label: string
  readonly of?: string
}

const seconds = ['0', '1', '1769860800', '4000000000', '-62135596801', '253402300800'] as const
const nanos = [0, 1, 999_999_999, -1, 2 ** 31 - 1] as const
const whole = [0, 1, 2, 3, 20, 1000, -1, 10_001, 2 ** 31 - 1, -(2 ** 31)] as const
const texts = [
  '',
  'cart',
  'storefront',
  'error',
  'server',
  '1s',
  'a.b',
  '\u0000',
  '500',
  'x',
] as const
const queries = [
  '{ }',
  '{ status = error } >> { duration > 1us }',
  '{ name =~ "(a*)*b" } | select(name)',
  '{ .a = "x" && } ',
  '{} | count() > 1',
  '((((((({ }',
] as const
const operators = ['and', 'or', 'not', 'eq', 'gt', 'regex', 'exists', 'in', 'some', 'nope'] as const
const levels = ['', 'span', 'resource', 'scope', 'event', 'link', 'nowhere'] as const

/** Words that make sense for some fields, by their names. */
const words: Readonly<Record<string, readonly [string, ...string[]]>> = {
  query: queries,
  op: operators,
  level: levels,
  type: ['', 'int', 'double', 'bool', 'string', 'time'],
  name: ['name', 'duration', 'span.http.method', '.a', 'kind', 'status', ''],
  traceId: ['1', '5b8efff798038103d269b633813fc60c', 'zz', '0', ''],
}

const depthMax = 6

/**
 * A message of a type with random fields, in the names that proto-loader takes: what the proto allows, whether it
 * makes sense or not.
 */
export function randomMessage(
  contract: Contract,
  type: string,
  random: Random,
  depth = 0,
): Record<string, unknown> {
  if (type === 'google.protobuf.Timestamp' || type === 'google.protobuf.Duration') {
    return { seconds: random.pick(seconds), nanos: random.pick(nanos) }
  }
  const fields = Object.values(contract.messages[type]?.fields ?? {}) as readonly Field[]
  const message: Record<string, unknown> = {}
  for (const field of fields) {
    if (random.oneIn(3) || depth > depthMax) continue
    const value = (): unknown => randomValue(contract, field, random, depth)
    const entry = contract.messages[field.of ?? '']
    if (entry?.mapEntry === true) message[field.jsonName] = { [random.pick(texts)]: 'x' }
    else if (field.label === 'repeated') {
      message[field.jsonName] = Array.from({ length: random.below(3) }, value)
    } else message[field.jsonName] = value()
  }
  return message
}

function randomValue(
  contract: Contract,
  { type, of, jsonName }: Field,
  random: Random,
  depth: number,
): unknown {
  switch (type) {
    case 'message':
      return randomMessage(contract, of ?? '', random, depth + 1)
    case 'string':
      return random.pick(words[jsonName] ?? texts)
    case 'bytes':
      return Buffer.from(random.bytes(random.pick([0, 8, 16, 16, 17])))
    case 'bool':
      return random.oneIn(2)
    case 'enum':
      return random.below(8)
    case 'double':
    case 'float':
      return random.pick([0, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY])
    default:
      return random.pick(whole)
  }
}
