import type { Decoded } from '../../../bridge/model/decoded.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { HttpRefusal } from '../../errors/http-status.ts'
import type { HttpRequest } from '../../transport/http-route.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { named } from '../http/schema.ts'
import type { EnvelopeError, TracePieces } from './envelope.ts'
import { describeInEnvelope, envelopedList } from './envelope.ts'
import { tracesIn } from './trace-pieces.ts'

/** Reads the body of a request as OTLP JSON. @throws WireError */
export type DecodeOtlpJson = (request: HttpRequest) => Promise<Decoded>

/**
 * OTLP JSON to the JSON of Jaeger's user interface, nothing stored and nothing adjusted: how its page
 * opens a file. The content type is not looked at, as that page sends none that says anything.
 *
 * Source: jaeger v2.20.0, http_handler.go, transformOTLP.
 */
export function transformEndpoint(decode: DecodeOtlpJson): Endpoint {
  return {
    method: 'POST',
    path: '/api/transform',
    operationId: 'transformOtlp',
    doc: "Traces in OTLP JSON become traces in the JSON of Jaeger's user interface. Spans that are bad are listed in `errors`.",
    parameters: [],
    requestBody: {
      schema: { type: 'object' },
      doc: 'An ExportTraceServiceRequest, or TracesData, in OTLP JSON.',
    },
    answer: named('TracesEnvelope'),
    failures: [413, 415],
    describe: describeInEnvelope,
    async answers(call) {
      const { batch, rejected } = await decoded(decode, call)
      const messages = new Set(rejected.map(({ message }) => message))
      const errors = [...messages].slice(0, errorsMax).map((msg) => ({ msg }))
      return envelopedList(withErrors(tracesIn(batch), errors))
    },
  }
}

/** The first ones say enough. */
const errorsMax = 100

async function decoded(decode: DecodeOtlpJson, request: HttpRequest): Promise<Decoded> {
  try {
    return await decode(request)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    throw new HttpRefusal(400, `cannot unmarshal OTLP : ${error.message}`)
  }
}

async function* withErrors(pieces: TracePieces, errors: readonly EnvelopeError[]): TracePieces {
  yield* pieces
  return { errors }
}
