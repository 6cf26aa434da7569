import type { OpenTracingLosses } from './loss.ts'

/** What the work gives; `otherwise` where it throws, as getters and texts of a program's objects may. */
export function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work()
  } catch {
    // Whatever it is: a tracer must not throw into the program that it watches.
    return otherwise
  }
}

/** What stands for a value that has no text. */
export const unreadable = '[unreadable]'

/** The text of any value. */
export function textOf(value: unknown): string {
  return attempt(() => String(value), unreadable)
}

/** The number of any value, NaN for none. */
export function numberOf(value: unknown): number {
  return attempt(() => Number(value), Number.NaN)
}

/** A name as text; a loss where it is none. */
export function nameOf(name: unknown, call: string, losses: OpenTracingLosses): string {
  if (typeof name === 'string') return name
  losses.add('bad_argument', `${call}: it is no name but ${kindOf(name)}`)
  return textOf(name)
}

/**
 * The entries of what a program hands over as an object, of which there is none in undefined and null.
 * What is no object, has a symbol for a key or cannot be read is a loss, each by itself.
 *
 * @param what it ought to be, for people
 */
export function entriesOf(
  given: unknown,
  { what, call, losses }: { what: string; call: string; losses: OpenTracingLosses },
): [key: string, value: unknown][] {
  if (given === undefined || given === null) return []
  if (typeof given !== 'object') {
    losses.add('bad_argument', `${call}: there are no ${what} in ${kindOf(given)}`)
    return []
  }
  const keys = attempt(() => Reflect.ownKeys(given), undefined)
  if (keys === undefined) losses.add('bad_argument', `${call}: its ${what} cannot be read`)
  return (keys ?? []).flatMap((key): [string, unknown][] => {
    if (typeof key === 'symbol') {
      losses.add('bad_argument', `${call}: the key of one of its ${what} is a symbol`)
      return []
    }
    const read = attempt(() => readEnumerable(given, key), undefined)
    if (read === undefined) {
      losses.add('bad_argument', `${call}: "${key}" of its ${what} cannot be read`)
    }
    return read ?? []
  })
}

/** As `Object.entries` has it. */
function readEnumerable(given: object, key: string): [string, unknown][] {
  const isEnumerable = Object.prototype.propertyIsEnumerable.call(given, key)
  return isEnumerable ? [[key, (given as Record<string, unknown>)[key]]] : []
}

/** What kind of value it is, for people. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return typeof value === 'object' ? 'an object' : `${typeof value} ${textOf(value)}`
}
