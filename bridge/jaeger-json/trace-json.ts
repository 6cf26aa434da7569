import { encodeProcess } from '../jaeger-proto/encode-process.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { resourceKey, SpanField, spanCount, spanField } from '../model/span-batch.ts'
import { resourceOf, scopeOf } from '../otlp/batch-objects.ts'
import { JsonBytes, jsonConstant } from '../wire/json-bytes.ts'
import { readProcess } from './read-span.ts'
import type { GroupJson } from './span-json.ts'
import { groupJson, SpanJson } from './span-json.ts'

/** Pieces of so many bytes cost little each, and no client waits long for one. */
const pieceBytes = 64 * 1024
/** What a span over the end of a piece may take, at most usually. */
const roomBytes = 8 * 1024

/**
 * One trace as the JSON of Jaeger's user interface, made part by part: of what went out nothing is
 * kept but the processes, which Jaeger lists behind the spans. Else it is what `jaegerTracesOf` makes.
 *
 * Bytes of a trace: those of `spans()` for each part, then `end()`.
 */
export class TraceJson {
  readonly #texts: ProcessTexts
  /** JSON of each process, and its id. */
  readonly #processes = new Map<string, string>()
  readonly #out: JsonBytes
  readonly #spans: SpanJson
  #isFirst = true

  /**
   * @param traceID as `shortTraceIdText` gives it
   * @param expectedBytes of its OTLP
   * @param texts one for the traces of an answer
   */
  constructor(traceID: string, expectedBytes: number, texts = new ProcessTexts()) {
    this.#texts = texts
    this.#out = new JsonBytes(Math.min(expectedBytes * 3, pieceBytes) + roomBytes)
    this.#out.text(`{"traceID":${JSON.stringify(traceID)},"spans":[`)
    this.#spans = new SpanJson(this.#out, traceID)
  }

  /**
   * The spans of a part, all of this trace: pieces of some size. What is left is in the next one.
   *
   * @throws WireError for a part that cannot be read
   */
  *spans(part: SpanBatch): Generator<Uint8Array, void, undefined> {
    const groups = new Map<number, GroupJson>()
    for (let at = 0; at < spanCount(part); at++) {
      const index = spanField(part, at, SpanField.group)
      let group = groups.get(index)
      if (group === undefined) {
        group = groupJson(scopeOf(part, index), this.#processOf(part, index))
        groups.set(index, group)
      }
      if (!this.#isFirst) this.#out.raw(comma)
      this.#isFirst = false
      this.#spans.write(part, at, group)
      if (this.#out.size >= pieceBytes) yield this.#out.take()
    }
  }

  /** The rest of the trace. @param warnings about it as a whole */
  end(warnings: readonly string[]): Uint8Array {
    const processes = Array.from(this.#processes, ([json, id]) => `"${id}":${json}`)
    const told = warnings.length === 0 ? 'null' : JSON.stringify(warnings)
    this.#out.text(`],"processes":{${processes.join(',')}},"warnings":${told}}`)
    return this.#out.take()
  }

  #processOf(part: SpanBatch, index: number): string {
    // Resources that differ may still be the same process.
    const json = this.#texts.textOf(part, index)
    const id = this.#processes.get(json) ?? `p${this.#processes.size + 1}`
    this.#processes.set(json, id)
    return id
  }
}

/** Processes as texts of JSON: the traces of an answer are mostly of the same few. */
export class ProcessTexts {
  /** By the bytes of their resource, as latin1. */
  readonly #known = new Map<string, string>()

  /** The process of a group. */
  textOf(part: SpanBatch, index: number): string {
    const own = resourceKey(part, index)
    const known = this.#known.get(own)
    if (known !== undefined) return known
    const text = JSON.stringify(readProcess(encodeProcess(resourceOf(part, index))))
    if (this.#known.size === textsMax) this.#known.clear()
    this.#known.set(own, text)
    return text
  }
}

/** Texts that are kept. */
const textsMax = 256
const comma = jsonConstant(',')
