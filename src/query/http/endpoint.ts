import type { HttpFailure } from '../../errors/http-status.ts'
import type { BodyPieces, FailureBody, HttpRequest } from '../../transport/http-route.ts'
import type { QueryString } from './query-string.ts'
import type { Schema } from './schema.ts'

/** One parameter, as it is documented; what reads it is its endpoint. */
export interface ParameterDoc {
  readonly name: string
  readonly schema: Schema
  readonly doc: string
  readonly required?: true
  /** It may be given several times. */
  readonly repeated?: true
}

/** A request to one endpoint. */
export interface EndpointCall extends HttpRequest {
  readonly query: QueryString
  /** The variable segment of the path as it was sent; '' where there is none. */
  readonly segment: string
}

/** How failures are written. */
export type DescribeFailure = (failure: HttpFailure) => FailureBody

/** One method of one path of the HTTP API. The OpenAPI document is made of these. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  /** With at most one variable segment: `/api/traces/{traceId}`. */
  readonly path: string
  readonly operationId: string
  readonly doc: string
  /** What the variable segment of the path is. */
  readonly segmentDoc?: string
  /** That segment may have slashes in it which nobody has encoded. */
  readonly hasSlashes?: boolean
  readonly parameters: readonly ParameterDoc[]
  /** What a body must be, where there is one. */
  readonly requestBody?: { readonly schema: Schema; readonly doc: string }
  /** What 200 answers. */
  readonly answer: Schema
  /** Statuses of 400 and above that belong to it, besides those that all have. */
  readonly failures: readonly number[]
  readonly describe: DescribeFailure
  /** Makes the body of 200; what it throws becomes another status. */
  answers(call: EndpointCall): BodyPieces | Promise<BodyPieces>
}
