import type { IncomingHttpHeaders } from 'node:http'

/** What the browser is told to keep of a preflight's answer. */
const preflightMaxAgeSeconds = 7200

/**
 * Which pages may send to us from a browser.
 *
 * An entry is an origin (`https://shop.example`), one with a `*` for any text in it
 * (`https://*.shop.example`), or `*` alone for every page. Whatever headers a page that is allowed
 * wants to send it may: they give it nothing, as requests here carry no rights.
 *
 * Where spans are taken, requests may carry credentials, for a browser sends every beacon with them and
 * refuses it otherwise: nothing here looks at cookies, and the answer tells no secret. Where spans are
 * given away they may not, so that no page reads traces by a person's cookies through a proxy that asks
 * for them.
 *
 * Source: the Fetch standard, "HTTP-CORS protocol".
 */
export class CorsPolicy {
  readonly #origins: readonly string[]
  readonly #methods: string
  readonly #credentials: Readonly<Record<string, string>> | undefined

  constructor(
    origins: readonly string[],
    methods: readonly string[],
    credentials: 'allowed' | 'never' = 'never',
  ) {
    this.#origins = origins
    this.#methods = methods.join(', ')
    this.#credentials =
      credentials === 'allowed' ? { 'access-control-allow-credentials': 'true' } : undefined
  }

  /** Whether any page may send. */
  get hasOrigins(): boolean {
    return this.#origins.length > 0
  }

  /** Headers of every answer; none when no page may send. */
  headers({ origin }: IncomingHttpHeaders): Readonly<Record<string, string>> {
    if (this.#origins.length === 0) return {}
    const isForAll = this.#origins.includes('*') && this.#credentials === undefined
    if (isForAll) return { 'access-control-allow-origin': '*' }
    // A cache must not give one page's answer to another.
    if (origin === undefined || !this.#allows(origin)) return { vary: 'Origin' }
    // The origin itself also where all are allowed: with credentials browsers take no `*`.
    return { 'access-control-allow-origin': origin, ...this.#credentials, vary: 'Origin' }
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
