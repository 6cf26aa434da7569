import type { IncomingHttpHeaders } from 'node:http'

/** What the browser is told to keep of a preflight's answer. */
const preflightMaxAgeSeconds = 7200

/**
 * Which pages may send to us from a browser.
 *
 * An entry is an origin (`https://shop.example`), one with a `*` for any text in it
 * (`https://*.shop.example`), or `*` alone for every page. Whatever headers a page that is allowed
 * wants to send it may: they give it nothing, as requests here carry no rights. Credentials are not
 * allowed, so a page cannot use a person's cookies.
 *
 * Source: the Fetch standard, "HTTP-CORS protocol".
 */
export class CorsPolicy {
  readonly #origins: readonly string[]
  readonly #methods: string

  constructor(origins: readonly string[], methods: readonly string[]) {
    this.#origins = origins
    this.#methods = methods.join(', ')
  }

  /** Whether any page may send. */
  get hasOrigins(): boolean {
    return this.#origins.length > 0
  }

  /** Headers of every answer; none when no page may send. */
  headers({ origin }: IncomingHttpHeaders): Readonly<Record<string, string>> {
    if (this.#origins.length === 0) return {}
    if (this.#origins.includes('*')) return { 'access-control-allow-origin': '*' }
    // A cache must not give one page's answer to another.
    if (!this.#allows(origin)) return { vary: 'Origin' }
    return { 'access-control-allow-origin': origin as string, vary: 'Origin' }
  }

  /** Further headers of the answer to a preflight; undefined when this is none, or no page may send. */
  preflight(headers: IncomingHttpHeaders): Readonly<Record<string, string>> | undefined {
    const isPreflight = headers['access-control-request-method'] !== undefined
    if (!isPreflight || this.#origins.length === 0) return undefined
    if (!this.#allows(headers.origin)) return {}
    const wanted = headers['access-control-request-headers']
    return {
      'access-control-allow-methods': this.#methods,
      ...(wanted === undefined ? {} : { 'access-control-allow-headers': wanted }),
      'access-control-max-age': String(preflightMaxAgeSeconds),
    }
  }

  #allows(origin: string | undefined): boolean {
    return origin !== undefined && this.#origins.some((entry) => matches(entry, origin))
  }
}

function matches(entry: string, origin: string): boolean {
  const star = entry.indexOf('*')
  if (star < 0) return entry === origin
  const start = entry.slice(0, star)
  const end = entry.slice(star + 1)
  return (
    origin.length >= start.length + end.length && origin.startsWith(start) && origin.endsWith(end)
  )
}
