import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Source } from '../ports/span-sink.ts'
import { LogPace } from '../telemetry/log-pace.ts'
import type { ReceivedSpans } from './receive-spans.ts'
import { describeRejected } from './receive-spans.ts'

/**
 * What becomes of bad spans where the answer has no place for them: the request succeeds as long as
 * one span is good or there is none at all, and the log tells now and then.
 *
 * @param refusal makes the error of a request whose spans are all bad, from what is wrong with them
 * @returns what to call with what a request brought; throws that error
 */
export function rejectedReporter(
  logger: Logger,
  refusal = noneIsGood,
): (source: Source, received: ReceivedSpans) => void {
  const pace = new LogPace()
  return (source, { spans, rejected }) => {
    if (rejected.length === 0) return
    const why = describeRejected(rejected)
    if (rejected.length === spans) throw refusal(why)
    if (!pace.take()) return
    logger.warn({ ...source, rejected: rejected.length, spans, why }, 'spans rejected')
  }
}

function noneIsGood(why: string): Error {
  return new GatewayError('invalid_argument', `Cannot take spans: none is good: ${why}`)
}
