import { encodeProcess } from '../jaeger-proto/encode-process.ts'
import type { Scope } from '../model/span.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { SpanField, spanCount, spanField } from '../model/span-batch.ts'
import { resourceOf, scopeOf, spanOf } from '../otlp/batch-objects.ts'
import { readProcess } from './read-span.ts'
import { spanText } from './span-text.ts'

/**
 * One trace as the JSON text of Jaeger's user interface, made part by part: of what went out nothing is
 * kept but the processes, which Jaeger lists behind the spans. Else it is what `jaegerTracesOf` makes.
 *
 * Text of a trace: `begin()`, `spans()` of each part, `end()`.
 */
export class TraceText {
  /** JSON of each process, and its id. */
  readonly #processes = new Map<string, string>()
  #traceID = ''
  #isFirst = true

  /** @param traceID as `shortTraceIdText` gives it */
  begin(traceID: string): string {
    this.#traceID = traceID
    return `{"traceID":${JSON.stringify(traceID)},"spans":[`
  }

  /** The spans of a part, all of this trace, one after the other. @throws WireError for a part that cannot be read */
  *spans(part: SpanBatch): Generator<string, void, undefined> {
    const groups = new Map<number, Group>()
    for (let at = 0; at < spanCount(part); at++) {
      const index = spanField(part, at, SpanField.group)
      const group = groups.get(index) ?? this.#groupOf(part, index)
      groups.set(index, group)
      const text = spanText({ span: spanOf(part, at), traceID: this.#traceID, ...group })
      yield this.#isFirst ? text : `,${text}`
      this.#isFirst = false
    }
  }

  /** @param warnings about the trace as a whole */
  end(warnings: readonly string[]): string {
    const processes = Array.from(this.#processes, ([json, id]) => `"${id}":${json}`)
    const told = warnings.length === 0 ? 'null' : JSON.stringify(warnings)
    return `],"processes":{${processes.join(',')}},"warnings":${told}}`
  }

  #groupOf(part: SpanBatch, index: number): Group {
    const json = JSON.stringify(readProcess(encodeProcess(resourceOf(part, index))))
    const processID = this.#processes.get(json) ?? `p${this.#processes.size + 1}`
    this.#processes.set(json, processID)
    return { scope: scopeOf(part, index), processID }
  }
}

/** What the spans of one group share. */
interface Group {
  readonly scope: Scope | undefined
  readonly processID: string
}
