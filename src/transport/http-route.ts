import type { IncomingHttpHeaders } from 'node:http'
import type { HttpFailure } from '../errors/http-status.ts'
import type { CorsPolicy } from './cors.ts'
import type { HeldMemory } from './inbound-connection.ts'
import type { Pieces } from './message-collector.ts'

/** A request whose body has arrived, as a route's handler gets it. */
export interface HttpRequest {
  /** The body after decompression; none of a request without one. */
  readonly pieces: Pieces
  /** Its bytes that the listener counts as in flight; who takes them over gives them back. */
  readonly held: HeldMemory & { takeOver(): number }
  /** Aborts with 'cancelled' when the client goes away, also while it is being answered. */
  readonly signal: AbortSignal
}

/** A text, or its UTF-8, which ends with a whole character. */
export type BodyPiece = string | Uint8Array

/** A body that is made while it is sent; its failure before the first bytes are out becomes a status. */
export type BodyPieces = AsyncGenerator<BodyPiece, void, void>

/** What a client is answered. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /**
   * Bytes go out as they are. Pieces are compressed where the client asks for it, and sent as it takes
   * them; a short body has a length and an ETag, so that a client that has it learns that with 304.
   */
  readonly body: Uint8Array | string | BodyPieces
}

/** The body of a failure. */
export interface FailureBody {
  readonly contentType: string
  readonly body: Uint8Array | string
}

/** What one path does, in whatever format its bodies are. */
export interface HttpRoute {
  readonly path: string
  /** The method that it takes; `GET`, whose body nobody looks at, stands for `HEAD` too. */
  readonly method: string
  /** Which pages may send to it from a browser. */
  readonly cors: CorsPolicy
  /** Further headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Looks at the headers of a request before anything of its body is read.
   *
   * @returns what handles the request; what that throws becomes a status by src/errors/http-status.ts
   * @throws HttpRefusal for a request that cannot be taken
   */
  accept(headers: IncomingHttpHeaders): (request: HttpRequest) => Promise<HttpAnswer>
  /** The body of a failure, in the form that a client with these headers reads. */
  describe(failure: HttpFailure, headers: IncomingHttpHeaders): FailureBody
}

/**
 * Finds the route of a request.
 *
 * @param target path and query as they were sent, percent signs and all
 * @returns undefined where there is nothing; the request is then answered 404
 */
export type HttpRouter = (method: string, target: string) => HttpRoute | undefined

/** Routes that are found by their whole path; another method is 405. */
export function routesByPath(routes: readonly HttpRoute[]): HttpRouter {
  const byPath = new Map(routes.map((route) => [route.path, route]))
  return (_method, target) => byPath.get(pathOf(target))
}

/** The route that the first of these routers has which has one. */
export function firstOf(...routers: readonly HttpRouter[]): HttpRouter {
  return (method, target) => {
    for (const router of routers) {
      const route = router(method, target)
      if (route !== undefined) return route
    }
    return undefined
  }
}

/** The path of a target, without its query. */
export function pathOf(target: string): string {
  const end = target.indexOf('?')
  return end < 0 ? target : target.slice(0, end)
}

/** The query of a target, behind the first question mark. */
export function queryOf(target: string): string {
  const at = target.indexOf('?')
  return at < 0 ? '' : target.slice(at + 1)
}
