import { randomBytes } from 'node:crypto'
import type { Endpoint } from '../gateway-child.ts'
import { TemplateSet } from '../load/templates.ts'
import { sendMessages } from './send-messages.ts'
import type { LargeTrace } from './store-facts.ts'

/** Which traces to store. */
export interface LargeTraceOptions {
  readonly endpoint: Endpoint
  /** Spans of each trace, a multiple of `batch`. */
  readonly sizes: readonly number[]
  readonly spanBytes: number
  readonly seed: number
  /** When their newest spans end. */
  readonly endUnixMs: number
}

/** Spans in a request. */
const batch = 500

/**
 * Sends traces of a given size. Their spans are those of ordinary traces, moved into one: a trace has many roots.
 *
 * @throws Error when a call is refused
 */
export async function fillLargeTraces(options: LargeTraceOptions): Promise<readonly LargeTrace[]> {
  const { endpoint, sizes, spanBytes, seed, endUnixMs } = options
  const traces = sizes.map((spans) => ({ id: randomBytes(16), spans }))
  const messages = traces.flatMap(({ id, spans }) => Array<Buffer>(spans / batch).fill(id))
  const templates = TemplateSet.build(
    { format: 'otlp', batch, spanBytes, seed, distinctSpans: Math.max(...sizes) },
    () => BigInt(Math.floor(endUnixMs)) * 1_000_000n,
  )
  let sent = 0
  await sendMessages({
    endpoint,
    connections: 1,
    inFlight: 1,
    batch,
    next: () => {
      const message = templates.next()
      const traceId = messages[sent++]
      for (let span = 0; traceId !== undefined && span < message.spanCount; span++) {
        templates.plant(message, span, { traceId })
      }
      return message
    },
    isDone: () => sent >= messages.length,
    action: 'Cannot store a large trace',
  })
  return traces.map(({ id, spans }) => ({ traceId: id.toString('hex'), spans }))
}
