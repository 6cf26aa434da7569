import type { Test } from 'tap'
import { decodeJsonRequest } from '../../bridge/otlp/decode-json.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import type { HttpApiOptions } from '../../src/query/http-api.ts'
import { createHttpApi } from '../../src/query/http-api.ts'
import { SearchGate } from '../../src/query/limit-searches.ts'
import type { StalledLimits } from '../../src/query/stalled-answers.ts'
import { StalledAnswers } from '../../src/query/stalled-answers.ts'
import { createTextSearches } from '../../src/query/text-searches.ts'
import type { TextSearchBounds } from '../../src/search/text/text-bounds.ts'
import { textSearchBoundDefaults } from '../../src/search/text/text-bounds.ts'
import { sampleStatus, viewOf } from '../status/sample-status.ts'
import type { TestHttpListener } from '../transport/start-http-listener.ts'
import { startHttpListener } from '../transport/start-http-listener.ts'

/** The HTTP API over loopback. */
export interface HttpApiPort {
  readonly listener: TestHttpListener
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string
  /** Labels of the calls that were measured, in order. */
  readonly measured: { readonly method: string; readonly code: string }[]
  /** GET of a path, unless it is said otherwise. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Answered>
}

/** An answer, whole. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON. */
  readonly json: unknown
}

/** What one test changes. */
export type HttpApiPortOptions = Partial<HttpApiOptions> & {
  readonly stalled?: StalledLimits
  /** Of searches by text. */
  readonly bounds?: Partial<TextSearchBounds>
}

/** The moment that it is for the API, ms since the epoch. */
export const nowMs = Date.UTC(2026, 0, 31, 12)

/** Serves a store until the test ends. */
export async function startHttpApi(
  t: Test,
  store: SpanStore,
  { stalled, bounds, ...options }: HttpApiPortOptions = {},
): Promise<HttpApiPort> {
  const measured: HttpApiPort['measured'] = []
  const router = createHttpApi({
    store,
    texts: createTextSearches({
      store,
      gate: new SearchGate({ searchesMax: 16, metrics: { add: () => {} } }),
      retentionMs: 72 * 3_600_000,
      bounds: { ...textSearchBoundDefaults, ...bounds },
    }),
    now: () => nowMs,
    decodeOtlpJson: async ({ pieces }) => {
      return decodeJsonRequest(Buffer.concat(pieces), { arrivalUnixMs: nowMs })
    },
    allowedOrigins: [],
    status: viewOf(sampleStatus()),
    metrics: { record: (_name, _value, labels) => measured.push(labels as never) },
    ...options,
  })
  const limits = stalled ?? { stalledAfterMs: 60_000, stalledMax: 64 }
  const waiting = new StalledAnswers(limits, { add: () => {} })
  const listener = await startHttpListener({ router, waiting })
  t.teardown(() => listener.close())
  const origin = `http://127.0.0.1:${listener.port}`
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${origin}${path}`, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: jsonOf(text) }
  }
  return { listener, origin, measured, ask }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Some answers are no JSON.
    return undefined
  }
}
