import { badField, quoted } from '../bad-field.ts'

/**
 * A JSON object whose values are strings.
 *
 * @throws GatewayError 'invalid_argument' for anything else
 */
export function stringsOf(json: string, name: string): ReadonlyMap<string, string> {
  const value = parsed(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badField(name, `is ${quoted(json)}, must be a JSON object such as {"key":"value"}`)
  }
  const strings = new Map<string, string>()
  for (const [key, entry] of Object.entries(value as Record<string, unknown>)) {
    if (typeof entry !== 'string') {
      throw badField(name, `has a value of ${quoted(key)} that is no string`)
    }
    strings.set(key, entry)
  }
  return strings
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // No JSON is no object.
    return undefined
  }
}
