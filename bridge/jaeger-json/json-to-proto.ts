import { traceIdLength } from '../model/identifier.ts'
import type { RejectReason } from '../model/span.ts'
import { Rejections } from '../otlp/rejections.ts'
import { JsonByte } from '../wire/json-reader.ts'
import { WireError } from '../wire/wire-error.ts'
import { WireWriter } from '../wire/writer.ts'
import { JsonCursor } from './json-cursor.ts'
import { noTraceId, readId, writeProcess, writeSpan } from './write-span.ts'

/** What Jaeger's JSON says that no span has a place for. */
export const jsonLosses = ['unknown_member', 'trace_warning'] as const
/** One of `jsonLosses`. */
export type JsonLoss = (typeof jsonLosses)[number]

/** Jaeger's JSON in protobuf. */
export interface Transcoded {
  /** One batch for each trace; each span has its own process. */
  readonly bytes: Uint8Array
  /** Spans that are left out, each with the path to the value that is wrong. */
  readonly rejections: Rejections
  /** How often each was met; one that was not is absent. */
  readonly lost: ReadonlyMap<JsonLoss, number>
}

/**
 * Jaeger's JSON -> batches of jaeger.api_v2.PostSpansRequest, for `decodeBatches`.
 *
 * A document is what `GET /api/traces` answers (`{"data":[trace, ...]}`), which Jaeger's user interface
 * saves and opens, or a list of traces, or one trace. A value of the wrong type refuses its span and
 * no other; outside of spans it breaks the document.
 *
 * Source: jaeger v1.65.0, model/json/model.go.
 *
 * @throws WireError for text that is not JSON, and for bad values outside of spans
 */
export function protoOfTraces(json: Uint8Array): Transcoded {
  return new Transcoder(json).run()
}

class Transcoder {
  readonly #cursor: JsonCursor
  readonly #writer: WireWriter
  readonly #rejections = new Rejections()
  #traceWarnings = 0

  constructor(json: Uint8Array) {
    this.#cursor = new JsonCursor(json)
    this.#writer = new WireWriter(json.length)
  }

  run(): Transcoded {
    const cursor = this.#cursor
    try {
      if (cursor.reader.peek() === JsonByte.openArray) cursor.list(() => this.#trace())
      else this.#trace(() => cursor.list(() => this.#trace()))
    } catch (error) {
      if (error !== cursor.badValue) throw error
      const message = `Cannot decode traces: ${cursor.problem}`
      throw new WireError('bad_value', message, cursor.reader.at)
    }
    cursor.reader.end()
    return { bytes: this.#writer.finish(), rejections: this.#rejections, lost: this.#lost() }
  }

  /** @param data reads the member that lists traces, where an object may have one instead of spans */
  #trace(data?: () => void): void {
    const cursor = this.#cursor
    let traceId: Uint8Array = noTraceId
    let spansAt = -1
    let processesAt = -1
    cursor.object((name) => {
      if (name === 'traceID') traceId = readId(cursor, traceIdLength)
      // Jaeger writes the processes behind the spans that name them.
      else if (name === 'spans') spansAt = cursor.pass()
      else if (name === 'processes') processesAt = cursor.pass()
      else if (name === 'warnings') cursor.list(() => this.#traceWarning())
      else if (data !== undefined && name === 'data') data()
      else if (data !== undefined && envelopeNames.has(name)) cursor.pass()
      else return false
      return true
    })
    if (spansAt < 0) return
    const processes = new Map<string, Uint8Array>()
    if (processesAt >= 0) {
      cursor.revisit('processes', processesAt, () => {
        cursor.object((name) => {
          processes.set(name, this.#process())
          return true
        })
      })
    }
    this.#writer.message(1, () => {
      cursor.revisit('spans', spansAt, () => cursor.list(() => this.#span({ traceId, processes })))
    })
  }

  #process(): Uint8Array {
    const writer = new WireWriter(256)
    writeProcess(this.#cursor, writer)
    return writer.finish()
  }

  #span(trace: Parameters<typeof writeSpan>[2]): void {
    const cursor = this.#cursor
    const writer = this.#writer
    const { sizeBytes } = writer
    const { depth } = cursor
    const { at } = cursor.reader
    const { unknownMembers } = cursor
    try {
      writer.message(1, () => writeSpan(cursor, writer, trace))
    } catch (error) {
      if (error !== cursor.badValue) throw error
      const { problem } = cursor
      this.#rejections.add(reasons.get(cursor.memberBelow(depth)) ?? 'malformed', () => problem)
      cursor.returnTo(depth)
      cursor.unknownMembers = unknownMembers
      writer.truncate(sizeBytes)
      cursor.reader.at = at
      cursor.reader.skip()
    }
  }

  #traceWarning(): void {
    this.#cursor.text()
    this.#traceWarnings += 1
  }

  #lost(): ReadonlyMap<JsonLoss, number> {
    const counts: readonly (readonly [JsonLoss, number])[] = [
      ['unknown_member', this.#cursor.unknownMembers],
      ['trace_warning', this.#traceWarnings],
    ]
    return new Map(counts.filter(([, count]) => count > 0))
  }
}

/** Ids of the span itself are reasons of their own, those of references are not. */
const reasons: ReadonlyMap<string, RejectReason> = new Map([
  ['traceID', 'trace_id'],
  ['spanID', 'span_id'],
  ['parentSpanID', 'parent_span_id'],
])

/** What stands beside `data`, and says nothing of spans. */
const envelopeNames: ReadonlySet<string> = new Set(['total', 'limit', 'offset', 'errors'])
