import type { IncomingHttpHeaders } from 'node:http'
import type { HttpFailure } from '../errors/http-status.ts'
import type { CorsPolicy } from './cors.ts'
import type { HeldMemory } from './inbound-connection.ts'
import type { Pieces } from './message-collector.ts'

/** A request whose body has arrived, as a route's handler gets it. */
export interface HttpRequest {
  /** The body after decompression. */
  readonly pieces: Pieces
  /** Its bytes that the listener counts as in flight; who takes them over gives them back. */
  readonly held: HeldMemory & { takeOver(): number }
  /** Aborts with 'cancelled' when the client goes away. */
  readonly signal: AbortSignal
}

/** What a client is answered. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

/** What one path does, in whatever format its bodies are. */
export interface HttpRoute {
  readonly path: string
  /** Which pages may send to it from a browser. */
  readonly cors: CorsPolicy
  /**
   * Answers a GET, or a HEAD, at once; a route without it takes none.
   *
   * @param query of the request's target, behind the question mark
   * @throws HttpRefusal for a request that cannot be answered
   */
  answer?(query: string): HttpAnswer
  /**
   * Looks at the headers of a POST before anything of its body is read; a route without it takes none.
   *
   * @returns what handles the request; what that throws becomes a status by src/errors/http-status.ts
   * @throws HttpRefusal for a request that cannot be taken
   */
  accept?(headers: IncomingHttpHeaders): (request: HttpRequest) => Promise<HttpAnswer>
  /** The body of a failure, in the form that a client with these headers reads. */
  describe(
    failure: HttpFailure,
    headers: IncomingHttpHeaders,
  ): { readonly contentType: string; readonly body: Uint8Array | string }
}
