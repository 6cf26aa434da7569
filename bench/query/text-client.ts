import { Client, credentials } from '@grpc/grpc-js'
import type { FindRequest } from '../../src/cli/trace/search-client.ts'
import { findTraces } from '../../src/cli/trace/search-client.ts'
import type { Endpoint } from '../gateway-child.ts'

/** How a search by text ended, and how long it took. */
export interface TextAnswer {
  /** What the gateway said when it failed. */
  readonly failure: string | undefined
  readonly durationMs: number
  /** The limit that ended the search early, if one did. */
  readonly bound: string | undefined
  readonly traces: number
  /** Spans of the results, also those that the answer only counts. */
  readonly matchedSpans: number
}

/** Asks a gateway by query text. */
export class TextClient {
  readonly #client: Client

  constructor({ host, port }: Endpoint) {
    this.#client = new Client(`${host}:${port}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
    })
  }

  /** Resolves whatever the answer is; the time counts until the last message was read. */
  async ask(request: FindRequest, timeoutMs = 120_000): Promise<TextAnswer> {
    const startMs = performance.now()
    let traces = 0
    let matchedSpans = 0
    let failure: string | undefined
    let bound: string | undefined
    try {
      const found = findTraces(this.#client, request, timeoutMs)
      let next = await found.next()
      for (; next.done !== true; next = await found.next()) {
        traces += next.value.length
        for (const { matchedSpanCount } of next.value) matchedSpans += matchedSpanCount
      }
      bound = next.value.bound
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error)
    }
    return { failure, durationMs: performance.now() - startMs, bound, traces, matchedSpans }
  }

  close(): void {
    this.#client.close()
  }
}
