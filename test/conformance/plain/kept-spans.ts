import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  batchSizeBytes,
  GroupField,
  groupSlice,
  nameBytes,
  SpanField,
  spanCount,
  spanField,
} from '../../../bridge/model/span-batch.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'
import { textOf } from '../../../bridge/wire/reader.ts'
import type { Operation } from '../../../src/ports/span-store.ts'

/** The spans of one write: kept together, removed together, never changed. */
export interface KeptWrite {
  readonly tenant: TenantSpans
  readonly batch: SpanBatch
  /** Spans of each trace, by its id as hex. */
  readonly traces: ReadonlyMap<string, readonly number[]>
  readonly sizeBytes: number
}

/** What one tenant has stored. */
export class TenantSpans {
  readonly name: string
  /** Oldest first. */
  readonly writes = new Set<KeptWrite>()
  readonly #traces = new Map<string, Set<KeptWrite>>()
  readonly #names = new Map<string, Map<string, CountedOperation>>()

  constructor(name: string) {
    this.name = name
  }

  /** Copies the spans, so that nothing else of the request stays in memory. */
  prepare(batch: SpanBatch): KeptWrite {
    const copy = selectSpans(batch, Array.from(Array(spanCount(batch)).keys()))
    const traces = spansByTrace(copy)
    const sizeBytes = batchSizeBytes(copy) + traces.size * traceOverheadBytes + writeOverheadBytes
    return { tenant: this, batch: copy, traces, sizeBytes }
  }

  add(write: KeptWrite): void {
    this.writes.add(write)
    for (const traceId of write.traces.keys()) {
      const writes = this.#traces.get(traceId) ?? new Set()
      this.#traces.set(traceId, writes.add(write))
    }
    this.#countNames(write.batch, 1)
  }

  remove(write: KeptWrite): void {
    this.writes.delete(write)
    for (const traceId of write.traces.keys()) {
      const writes = this.#traces.get(traceId)
      writes?.delete(write)
      if (writes?.size === 0) this.#traces.delete(traceId)
    }
    this.#countNames(write.batch, -1)
  }

  /** The writes that hold spans of a trace, oldest first; a copy. */
  writesOf(traceId: string): readonly KeptWrite[] {
    return Array.from(this.#traces.get(traceId) ?? [])
  }

  services(): string[] {
    return Array.from(this.#names.keys()).sort()
  }

  operations(service: string): Operation[] {
    const operations = Array.from(this.#names.get(service)?.values() ?? [])
    return operations.map(({ name, spanKind }) => ({ name, spanKind })).sort(byNameThenKind)
  }

  #countNames(batch: SpanBatch, step: 1 | -1): void {
    for (let span = 0; span < spanCount(batch); span += 1) {
      const group = spanField(batch, span, SpanField.group)
      const service = textOf(groupSlice(batch, group, GroupField.serviceName))
      if (service === '') continue
      const name = textOf(nameBytes(batch, span))
      const spanKind = spanField(batch, span, SpanField.kind)
      const operations = this.#names.get(service) ?? new Map<string, CountedOperation>()
      const key = `${spanKind} ${name}`
      const operation = operations.get(key) ?? { name, spanKind, count: 0 }
      operation.count += step
      if (operation.count > 0) operations.set(key, operation)
      else operations.delete(key)
      if (operations.size > 0) this.#names.set(service, operations)
      else this.#names.delete(service)
    }
  }
}

interface CountedOperation extends Operation {
  count: number
}

/** Rough cost of an entry of the maps, so that the byte bound means what it says. */
const traceOverheadBytes = 400
const writeOverheadBytes = 1000

function byNameThenKind(left: Operation, right: Operation): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1
  return left.spanKind - right.spanKind
}
