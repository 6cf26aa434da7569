import assert from 'node:assert/strict'
import { badField, quoted } from '../bad-field.ts'

/** More of them are refused: nobody writes so many, and each costs something. */
const parametersMax = 2000

/**
 * The parameters of a request, by name. A name may have several values; one that is empty counts as
 * left out, as it does with Jaeger. Names that nobody reads are ignored.
 *
 * Source: WHATWG URL, application/x-www-form-urlencoded parsing; but bytes that are no UTF-8, and a
 * percent sign without two digits, are refused.
 */
export class QueryString {
  readonly #values = new Map<string, string[]>()
  readonly #known: ReadonlySet<string>

  /**
   * @param text what is behind the question mark
   * @param known names that are documented; to read another one is a mistake of ours
   * @throws GatewayError 'invalid_argument'
   */
  constructor(text: string, known: ReadonlySet<string>) {
    this.#known = known
    const pairs = text.split('&', parametersMax + 1)
    if (pairs.length > parametersMax) {
      throw badField('query', `has over ${parametersMax} parameters`)
    }
    for (const pair of pairs) {
      if (pair === '') continue
      const equals = pair.indexOf('=')
      const name = decoded(equals < 0 ? pair : pair.slice(0, equals))
      const value = equals < 0 ? '' : decoded(pair.slice(equals + 1))
      const values = this.#values.get(name)
      if (values === undefined) this.#values.set(name, [value])
      else values.push(value)
    }
  }

  /** The first value of the first of these names that has one. */
  first(...names: readonly string[]): { readonly name: string; readonly text: string } | undefined {
    for (const name of names) {
      const [text = ''] = this.all(name)
      if (text !== '') return { name, text }
    }
    return undefined
  }

  /** The first value of a name, '' when there is none. */
  text(name: string): string {
    return this.first(name)?.text ?? ''
  }

  /** All values of a name that are not empty. */
  all(name: string): readonly string[] {
    assert(this.#known.has(name), `parameter ${name} is documented`)
    return (this.#values.get(name) ?? []).filter((value) => value !== '')
  }
}

/** A part of a query, or a path's segment in which `+` is a space. @throws GatewayError 'invalid_argument' */
export function decoded(text: string): string {
  return decodedPercents(text.replaceAll('+', ' '))
}

/** The same with `+` as it is. @throws GatewayError 'invalid_argument' */
export function decodedPercents(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // decodeURIComponent throws for nothing else.
    throw badField('request', `has ${quoted(text)}, must be percent-encoded UTF-8`)
  }
}
