import type { Logger } from 'pino'
import type { Source } from '../ports/span-sink.ts'
import type { ReceivedSpans } from './receive-spans.ts'
import { describeRejected } from './receive-spans.ts'

/** Bad spans are logged at most this often; all of them are counted. */
const logEveryMs = 10_000

/**
 * What a receiver does with bad spans when its answer has no place for them: the request succeeds as
 * long as one span is good or there is none at all, and the log says at a limited rate what was lost.
 *
 * @returns a function that gives, in words, why none of a request's spans is good; undefined for a success
 */
export function createRejectedSettler(
  logger: Logger,
  source: Source,
): (received: ReceivedSpans) => string | undefined {
  let loggedMs = Number.NEGATIVE_INFINITY
  return ({ spans, rejected }) => {
    if (rejected.length === 0) return undefined
    const why = describeRejected(rejected)
    if (rejected.length === spans) return why
    if (performance.now() - loggedMs >= logEveryMs) {
      loggedMs = performance.now()
      logger.warn({ ...source, rejected: rejected.length, spans, why }, 'spans rejected')
    }
    return undefined
  }
}
