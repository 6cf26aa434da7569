/** A value of JSON as a client in a typed language reads it: of another type it is a failure. */
export function object(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw wrong(value, 'an object')
}

export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw wrong(value, 'a list')
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw wrong(value, 'a text')
}

export function number(value: unknown): number {
  if (typeof value === 'number') return value
  throw wrong(value, 'a number')
}

/** A number that Go decodes into an int64. */
export function integer(value: unknown): number {
  if (Number.isInteger(value)) return value as number
  throw wrong(value, 'an integer')
}

function wrong(value: unknown, expected: string): Error {
  return new Error(`${JSON.stringify(value)?.slice(0, 100)} is not ${expected}`)
}
