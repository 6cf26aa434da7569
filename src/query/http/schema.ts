/**
 * A JSON Schema, of the few words of it that this API needs.
 *
 * Source: JSON Schema 2020-12, which OpenAPI 3.1 has taken over.
 */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly const?: string | number | null
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: string | number | boolean
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | false
  readonly oneOf?: readonly Schema[]
}

/** An object that has all of these members, and none but those and the optional ones. */
export function objectOf(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  }
}

/** A list of these. */
export function listOf(items: Schema): Schema {
  return { type: 'array', items }
}

/** A schema of the document's own components, by name. */
export function named(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** Any text. */
export const text: Schema = { type: 'string' }
/** Any whole number. */
export const integer: Schema = { type: 'integer' }
/** `true` or `false`. */
export const boolean: Schema = { type: 'boolean' }
