import type { HttpFailure } from '../../errors/http-status.ts'
import type { BodyPiece, BodyPieces, FailureBody } from '../../transport/http-route.ts'
import { inLargerPieces, jsonPieces } from '../http/json-pieces.ts'

/** One failure of a request that is answered nevertheless, or its only one. */
export interface EnvelopeError {
  readonly code?: number
  readonly msg: string
  readonly traceID?: string
}

/**
 * The envelope of Jaeger's JSON API around an answer that is there.
 *
 * Source: jaeger v2.20.0, internal of cmd/query: structuredResponse.
 *
 * @param total how many entries the answer has, where Jaeger tells it
 */
export function enveloped(data: unknown, total = 0): BodyPieces {
  return jsonPieces({ data, total, limit: 0, offset: 0, errors: null })
}

/** What is known at the end of a list. */
export interface ListEnd {
  readonly errors: readonly EnvelopeError[]
  /** An addition to Jaeger's envelope, for who asked for pages. */
  readonly nextCursor?: string | undefined
}

/** JSON of a list of traces, bit by bit. */
export type TracePieces = AsyncGenerator<BodyPiece, ListEnd, void>

/** The same around a list of JSON that is still being made, with what is known then. */
export function envelopedList(entries: TracePieces): BodyPieces {
  return inLargerPieces(listPieces(entries))
}

async function* listPieces(entries: TracePieces): BodyPieces {
  try {
    yield '{"data":['
    let next = await entries.next()
    for (; next.done !== true; next = await entries.next()) yield next.value
    const { errors, nextCursor } = next.value
    const told = errors.length === 0 ? 'null' : JSON.stringify(errors)
    const cursor = nextCursor === undefined ? '' : `,"nextCursor":${JSON.stringify(nextCursor)}`
    yield `],"total":0,"limit":0,"offset":0,"errors":${told}${cursor}}`
  } finally {
    await entries.return({ errors: [] })
  }
}

/** A failure in the envelope. Jaeger calls it plain text, and ends it with a new line. */
export function describeInEnvelope({ status, message }: HttpFailure): FailureBody {
  const errors: readonly EnvelopeError[] = [{ code: status, msg: message }]
  const body = { data: null, total: 0, limit: 0, offset: 0, errors }
  return { contentType: 'text/plain; charset=utf-8', body: `${JSON.stringify(body)}\n` }
}
