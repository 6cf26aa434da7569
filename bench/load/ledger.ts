import { hexOf } from '../../bridge/model/identifier.ts'
import { spanCount, spanIdBytes } from '../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import type { QueryClient } from '../query/query-client.ts'
import type { CallResult } from './call-result.ts'
import type { MessageSource } from './load-run.ts'
import type { ReadyMessage, TemplateSet } from './templates.ts'

/** One of this many messages is remembered. */
const sampleEvery = 20
/** Traces that are looked up at the end, spread over the whole time. */
const lookUpsMax = 1000

/** Remembers some of what was acknowledged, and looks whether it is there. */
export class Ledger implements MessageSource {
  readonly #templates: TemplateSet
  /** Span ids by trace id, of messages under way. */
  readonly #sent = new Map<ReadyMessage, ReadonlyMap<string, readonly string[]>>()
  readonly #acknowledged = new Map<string, readonly string[]>()
  #count = 0
  #acknowledgedSpans = 0
  #lookedUp = 0

  constructor(templates: TemplateSet) {
    this.#templates = templates
  }

  /** Spans of all acknowledged messages. */
  get acknowledgedSpans(): number {
    return this.#acknowledgedSpans
  }

  /** How many traces `missing` looked up. */
  get sampledTraces(): number {
    return this.#lookedUp
  }

  next(): ReadyMessage {
    const message = this.#templates.next()
    if (this.#count++ % sampleEvery === 0) this.#sent.set(message, this.#idsOf(message))
    return message
  }

  answered(message: ReadyMessage, { isOk }: CallResult): void {
    if (isOk) this.#acknowledgedSpans += message.spanCount
    const ids = this.#sent.get(message)
    if (ids === undefined) return
    this.#sent.delete(message)
    if (!isOk) return
    // The first and last trace of a message: one that is stored in part would lack one of them.
    for (const entry of [[...ids][0], [...ids].at(-1)]) {
      if (entry !== undefined) this.#acknowledged.set(entry[0], entry[1])
    }
  }

  /** What the gateway does not have of the sample, a line for each span. */
  async missing(client: QueryClient): Promise<string[]> {
    const every = Math.max(1, Math.ceil(this.#acknowledged.size / lookUpsMax))
    const sample = [...this.#acknowledged].filter((_, index) => index % every === 0)
    const missing: string[] = []
    for (const [traceId, spanIds] of sample) {
      const { status, messages } = await client.ask({ method: 'GetTrace', traceId })
      const found = new Set(messages.flatMap(spanIdsIn))
      for (const spanId of spanIds) {
        if (!found.has(spanId)) missing.push(`span ${spanId} of trace ${traceId} (${status})`)
      }
    }
    this.#lookedUp = sample.length
    return missing
  }

  #idsOf(message: ReadyMessage): ReadonlyMap<string, readonly string[]> {
    const ids = new Map<string, string[]>()
    for (let span = 0; span < message.spanCount; span++) {
      const traceId = this.#templates.traceId(message, span)
      const spanIds = ids.get(traceId) ?? []
      spanIds.push(this.#templates.spanId(message, span))
      ids.set(traceId, spanIds)
    }
    return ids
  }
}

/** Ids of the spans in a message of api_v3, hex. */
export function spanIdsIn(message: Buffer): string[] {
  const { batch } = decodeRequest(message, { arrivalUnixMs: 0 })
  return Array.from({ length: spanCount(batch) }, (_, span) => hexOf(spanIdBytes(batch, span)))
}
