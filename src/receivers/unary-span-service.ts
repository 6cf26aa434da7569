import type { Logger } from 'pino'
import type { Source } from '../ports/span-sink.ts'
import type { GrpcService } from '../transport/grpc-service.ts'
import type { Pieces } from '../transport/message-collector.ts'
import { unaryHandler } from '../transport/unary-handler.ts'
import type { RequestFormat } from './decode-messages.ts'
import type { SpanReceiverOptions } from './receive-spans.ts'
import { receiveSpans } from './receive-spans.ts'
import { rejectedReporter } from './report-rejected.ts'

/** What the service is made of. */
export interface UnarySpanServiceOptions extends SpanReceiverOptions {
  readonly logger: Logger
}

/**
 * A service of one unary method that takes spans and answers, with a message without fields, when they
 * are stored. The answer has no place for bad spans: they are counted by reason, and the request
 * succeeds as long as one span is good or there is none at all.
 *
 * @param service full name of the service
 * @param source who receives, and the format of the requests
 */
export function unarySpanService(
  options: UnarySpanServiceOptions,
  service: string,
  method: string,
  source: Source & { readonly format: RequestFormat },
): GrpcService {
  const report = rejectedReporter(options.logger)
  const handle = unaryHandler(
    options.logger,
    async (pieces: Pieces, { held, deadlineUnixMs, signal }) => {
      const incoming = { source, pieces, held, deadlineUnixMs, signal }
      report(source, await receiveSpans(options, incoming))
      return undefined
    },
  )
  return {
    definition: {
      [method]: {
        path: `/${service}/${method}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: () => empty,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    implementation: { [method]: handle },
    takesPieces: true,
  }
}

const empty = Buffer.alloc(0)
