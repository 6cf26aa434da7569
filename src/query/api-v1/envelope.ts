import type { HttpFailure } from '../../errors/http-status.ts'
import type { BodyPieces, FailureBody } from '../../transport/http-route.ts'
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

/** The same around a list of texts of JSON that are still being made, with the failures known then. */
export function envelopedList(
  entries: AsyncGenerator<string, readonly EnvelopeError[], void>,
): BodyPieces {
  return inLargerPieces(listTexts(entries))
}

async function* listTexts(
  entries: AsyncGenerator<string, readonly EnvelopeError[], void>,
): AsyncGenerator<string, void, void> {
  try {
    yield '{"data":['
    let next = await entries.next()
    for (; next.done !== true; next = await entries.next()) yield next.value
    const errors = next.value.length === 0 ? 'null' : JSON.stringify(next.value)
    yield `],"total":0,"limit":0,"offset":0,"errors":${errors}}`
  } finally {
    await entries.return([])
  }
}

/** A failure in the envelope. Jaeger calls it plain text, and ends it with a new line. */
export function describeInEnvelope({ status, message }: HttpFailure): FailureBody {
  const errors: readonly EnvelopeError[] = [{ code: status, msg: message }]
  const body = { data: null, total: 0, limit: 0, offset: 0, errors }
  return { contentType: 'text/plain; charset=utf-8', body: `${JSON.stringify(body)}\n` }
}
