import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { DocumentBytes } from './document-bytes.ts'

/** How a document is fetched. */
export interface LocationLimits {
  /** What a URL may take to answer, all of its body included. */
  readonly timeoutMs: number
  /** Longest document. */
  readonly bytesMax: number
}

/** Why a document could not be fetched; the reasons are labels of a metric. */
export class LocationError extends Error {
  override readonly name = 'LocationError'
  readonly reason: 'unreadable' | 'too_large' | 'timeout'

  constructor(reason: LocationError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/** Where a document of strategies is. */
export interface StrategiesLocation {
  /** A file must be right when the program starts; what another machine serves may come later. */
  readonly kind: 'file' | 'url'
  /** For messages; without a password. */
  readonly name: string
  /**
   * The document, unless it is the one that a call before gave.
   *
   * @returns undefined where nothing has changed
   * @throws LocationError, after which the next call looks again
   */
  load(signal: AbortSignal): Promise<DocumentBytes | undefined>
}

/**
 * A path of this machine, or an http(s) URL.
 *
 * @throws LocationError for what is neither
 */
export function strategiesLocation(location: string, limits: LocationLimits): StrategiesLocation {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(location)
  if (!isUrl) return new FileLocation(location, limits)
  if (/^https?:/i.test(location) && URL.canParse(location)) return new UrlLocation(location, limits)
  throw new LocationError('unreadable', 'it must be a file or an http(s) URL')
}

/** A file that stands still so long is taken for written. */
const settledMs = 100
/** How often one that does not is looked at before the next turn. */
const looksMax = 20

/**
 * Follows what the name leads to, so that a link which is replaced (as Kubernetes does with its files)
 * counts as a change. A file that is being written is waited for.
 */
class FileLocation implements StrategiesLocation {
  readonly kind = 'file'
  readonly name: string
  readonly #limits: LocationLimits
  /** Of what was read last. */
  #seen: string | undefined

  constructor(path: string, limits: LocationLimits) {
    this.name = path
    this.#limits = limits
  }

  async load(signal: AbortSignal): Promise<DocumentBytes | undefined> {
    try {
      // At the start there is nothing to lose by reading at once.
      const isFirst = this.#seen === undefined
      const state = isFirst ? await this.#state() : await this.#settled(signal)
      if (state === undefined || state === this.#seen) return undefined
      const { size } = await stat(this.name)
      const document = await DocumentBytes.ofFile(this.name, Math.min(size, this.#limits.bytesMax))
      const isWhole = (await this.#state()) === state
      if (!isWhole && !isFirst) {
        document.free()
        return undefined
      }
      this.#seen = isWhole ? state : 'changing'
      return document
    } catch (error) {
      this.#seen = 'unreadable'
      if (error instanceof LocationError) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new LocationError('unreadable', why)
    }
  }

  /** The state of a file that stands still; undefined when it does not for two seconds. */
  async #settled(signal: AbortSignal): Promise<string | undefined> {
    let state = await this.#state()
    for (let look = 0; look < looksMax; look++) {
      if (state === this.#seen) return state
      await pause(settledMs, signal)
      const later = await this.#state()
      if (later === state) return state
      state = later
    }
    return undefined
  }

  async #state(): Promise<string> {
    const { ino, size, mtimeMs, ctimeMs } = await stat(this.name)
    if (size > this.#limits.bytesMax) throw tooLarge(this.#limits, `it has ${size} bytes`)
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
  }
}

class UrlLocation implements StrategiesLocation {
  readonly kind = 'url'
  readonly name: string
  readonly #url: URL
  readonly #authorization: string | undefined
  readonly #limits: LocationLimits
  /** A hash of what was read last. */
  #seen: string | undefined

  constructor(location: string, limits: LocationLimits) {
    const url = new URL(location)
    const { username, password } = url
    if (username !== '') {
      const pair = `${decoded(username)}:${decoded(password)}`
      this.#authorization = `Basic ${Buffer.from(pair).toString('base64')}`
    }
    // `fetch` takes no URL with a password in it, and no log should have one.
    url.username = ''
    url.password = ''
    this.#url = url
    this.name = url.href
    this.#limits = limits
  }

  async load(signal: AbortSignal): Promise<DocumentBytes | undefined> {
    const { timeoutMs } = this.#limits
    const ending = new AbortController()
    const abort = (): void => ending.abort()
    const timer = setTimeout(abort, timeoutMs)
    signal.addEventListener('abort', abort, { once: true })
    try {
      const document = await this.#fetch(ending.signal)
      const hash = createHash('sha256').update(document.bytes).digest('hex')
      if (hash === this.#seen) {
        document.free()
        return undefined
      }
      this.#seen = hash
      return document
    } catch (error) {
      if (error instanceof LocationError) throw error
      if (ending.signal.aborted) {
        throw new LocationError('timeout', `no answer within ${timeoutMs} ms (sampling.timeout)`)
      }
      throw new LocationError('unreadable', reasonOf(error))
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  }

  async #fetch(signal: AbortSignal): Promise<DocumentBytes> {
    const headers = this.#authorization === undefined ? {} : { authorization: this.#authorization }
    const response = await fetch(this.#url, { signal, headers })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new LocationError('unreadable', `the answer is ${response.status}, must be 200`)
    }
    const pieces: Uint8Array[] = []
    let sizeBytes = 0
    for await (const piece of response.body ?? []) {
      sizeBytes += piece.length
      if (sizeBytes > this.#limits.bytesMax) throw tooLarge(this.#limits, 'it has more bytes')
      pieces.push(piece)
    }
    return DocumentBytes.ofPieces(pieces)
  }
}

/** Percent-encoded text; as it is where it is none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A password may have a percent sign of its own.
    return text
  }
}

function tooLarge({ bytesMax }: LocationLimits, state: string): LocationError {
  return new LocationError('too_large', `${state}, sampling.max-size is ${bytesMax}`)
}

/** What `fetch` wraps in "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message || error.message : error.message
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
