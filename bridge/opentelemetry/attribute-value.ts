import type { AnyValue, KeyValue } from '../model/span.ts'

/** Lists and maps in each other, deeper than any convention; the gateway takes 90. */
const nestingMax = 32
const int64Bits = 64

/**
 * A value of an attribute as JavaScript has it -> model; undefined for what OTLP cannot say: a function,
 * a symbol, and what is nested deeper than 32 (a ring is).
 *
 * A whole number up to 2^53 is an int, every other number a double, -0 too. An object is a map of its
 * own keys, null an empty value, a bigint over 64 bits its digits.
 *
 * Source: @opentelemetry/otlp-transformer, which makes an int of every whole number.
 */
export function anyValueOf(value: unknown, depth = 0): AnyValue | undefined {
  switch (typeof value) {
    case 'string':
      return { kind: 'string', value }
    case 'boolean':
      return { kind: 'bool', value }
    case 'number':
      return numberValue(value)
    case 'bigint':
      return BigInt.asIntN(int64Bits, value) === value
        ? { kind: 'int', value }
        : { kind: 'string', value: String(value) }
    case 'undefined':
      return { kind: 'empty' }
    case 'object':
      return depth > nestingMax ? undefined : objectValue(value, depth)
    default:
      return undefined
  }
}

/** Attributes in their order, and how many of them OTLP cannot say. */
export function keyValuesOf(attributes: Readonly<Record<string, unknown>> | undefined): {
  readonly attributes: readonly KeyValue[]
  readonly lost: number
} {
  const taken: KeyValue[] = []
  let lost = 0
  for (const [key, one] of Object.entries(attributes ?? {})) {
    const value = anyValueOf(one)
    if (value === undefined) lost += 1
    else taken.push({ key, value })
  }
  return { attributes: taken, lost }
}

function numberValue(value: number): AnyValue {
  const isInt = Number.isSafeInteger(value) && !Object.is(value, -0)
  return isInt ? { kind: 'int', value: BigInt(value) } : { kind: 'double', value }
}

function objectValue(value: object | null, depth: number): AnyValue | undefined {
  if (value === null) return { kind: 'empty' }
  if (value instanceof Uint8Array) return { kind: 'bytes', value }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => anyValueOf(item, depth + 1))
    return items.every((item) => item !== undefined) ? { kind: 'array', value: items } : undefined
  }
  const entries: KeyValue[] = []
  for (const [key, member] of Object.entries(value)) {
    const taken = anyValueOf(member, depth + 1)
    if (taken === undefined) return undefined
    entries.push({ key, value: taken })
  }
  return { kind: 'kvlist', value: entries }
}
