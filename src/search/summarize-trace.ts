import { StatusCode } from '../../bridge/model/span.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import {
  GroupField,
  groupSlice,
  nameBytes,
  parentSpanIdBytes,
  SpanField,
  spanBytes,
  spanCount,
  spanField,
  spanIdBytes,
} from '../../bridge/model/span-batch.ts'
import { spanIdentity } from '../../bridge/model/span-identity.ts'
import { textOf, WireReader, WireType } from '../../bridge/wire/reader.ts'
import type { ServiceSummary, TraceSummary } from '../ports/span-store.ts'
import { IdentitySet } from './identity-set.ts'

/**
 * Adds up the summary of one trace from its parts, in any order and with repeats.
 *
 * Each identity counts once. A span is an error when its status says so, an orphan when its parent
 * is no span of the trace, a root when it names no parent; of several roots the earliest gives the
 * names, ties by span id. Holds about 100 bytes for each span and no span itself.
 */
export class TraceSummarizer {
  readonly #identities = new IdentitySet()
  readonly #spanIds = new IdentitySet()
  readonly #orphans = new OrphanCount()
  readonly #services = new Map<string, { spanCount: number; errorSpanCount: number }>()
  #minStartUnixNano: bigint | undefined
  #maxEndUnixNano = 0n
  #errorSpanCount = 0
  #root: Root | undefined

  /** Counts spans of a batch; all of them must be of the one trace. */
  add(batch: SpanBatch, spans: Iterable<number> = Array(spanCount(batch)).keys()): void {
    const services = new Map<number, string>()
    for (const span of spans) {
      const spanId = numberOfId(spanIdBytes(batch, span))
      if (!this.#identities.add(spanId, spanIdentity(batch, span))) continue
      if (this.#spanIds.add(0n, spanId)) this.#orphans.found(spanId)
      const group = spanField(batch, span, SpanField.group)
      const service =
        services.get(group) ?? textOf(groupSlice(batch, group, GroupField.serviceName))
      services.set(group, service)
      const times = spanTimes(spanBytes(batch, span))
      this.#count(service, spanField(batch, span, SpanField.statusCode) === StatusCode.error)
      this.#widen(times)
      const parent = parentSpanIdBytes(batch, span)
      if (parent !== undefined) this.#addChild(numberOfId(parent))
      else this.#offerRoot({ ...times, spanId, service, operation: textOf(nameBytes(batch, span)) })
    }
  }

  /** True as long as no span was counted. */
  get empty(): boolean {
    return this.#identities.size === 0
  }

  /** What was counted so far. */
  summary(traceId: Uint8Array): TraceSummary {
    const services: ServiceSummary[] = Array.from(this.#services, ([name, counts]) => ({
      name,
      ...counts,
    }))
    return {
      kind: 'summary',
      traceId,
      rootServiceName: this.#root?.service ?? '',
      rootOperationName: this.#root?.operation ?? '',
      minStartUnixNano: this.#minStartUnixNano ?? 0n,
      maxEndUnixNano: this.#maxEndUnixNano,
      spanCount: this.#identities.size,
      errorSpanCount: this.#errorSpanCount,
      orphanSpanCount: this.#orphans.count,
      services: services.sort((left, right) => (left.name < right.name ? -1 : 1)),
    }
  }

  #count(service: string, isError: boolean): void {
    const counts = this.#services.get(service) ?? { spanCount: 0, errorSpanCount: 0 }
    this.#services.set(service, counts)
    counts.spanCount += 1
    if (!isError) return
    counts.errorSpanCount += 1
    this.#errorSpanCount += 1
  }

  #widen({ startUnixNano, endUnixNano }: SpanTimes): void {
    if (this.#minStartUnixNano === undefined || startUnixNano < this.#minStartUnixNano) {
      this.#minStartUnixNano = startUnixNano
    }
    if (endUnixNano > this.#maxEndUnixNano) this.#maxEndUnixNano = endUnixNano
  }

  #addChild(parent: bigint): void {
    if (!this.#spanIds.has(0n, parent)) this.#orphans.add(parent)
  }

  #offerRoot(root: Root): void {
    if (this.#root === undefined || comesFirst(root, this.#root)) this.#root = root
  }
}

interface SpanTimes {
  readonly startUnixNano: bigint
  readonly endUnixNano: bigint
}

interface Root extends SpanTimes {
  readonly spanId: bigint
  readonly service: string
  readonly operation: string
}

/** Decides by content alone, so that the order of parts does not matter. */
function comesFirst(left: Root, right: Root): boolean {
  if (left.startUnixNano !== right.startUnixNano) return left.startUnixNano < right.startUnixNano
  if (left.spanId !== right.spanId) return left.spanId < right.spanId
  if (left.service !== right.service) return left.service < right.service
  return left.operation < right.operation
}

/**
 * How many spans have a parent that did not come yet. It is right at every moment, so that nothing is left
 * to be done for all of them together at the end.
 */
class OrphanCount {
  /** How many spans wait for each parent. */
  readonly #waiting = new Map<bigint, number>()
  count = 0

  /** A span whose parent did not come yet. */
  add(parent: bigint): void {
    this.#waiting.set(parent, (this.#waiting.get(parent) ?? 0) + 1)
    this.count += 1
  }

  /** A span came that others may wait for. */
  found(spanId: bigint): void {
    const children = this.#waiting.get(spanId)
    if (children === undefined) return
    this.#waiting.delete(spanId)
    this.count -= children
  }
}

/**
 * Start and end of a Span message, without decoding the rest; the last one counts, as in protobuf.
 *
 *   7 start_time_unix_nano  fixed64
 *   8 end_time_unix_nano    fixed64
 *
 * Source: opentelemetry-proto trace/v1/trace.proto, message Span.
 */
function spanTimes(body: Uint8Array): SpanTimes {
  const reader = new WireReader(body)
  let startUnixNano = 0n
  let endUnixNano = 0n
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === startTag) startUnixNano = reader.fixed64()
    else if (tag === endTag) endUnixNano = reader.fixed64()
    else reader.skip(tag)
  }
  return { startUnixNano, endUnixNano }
}

const startTag = (7 << 3) | WireType.fixed64
const endTag = (8 << 3) | WireType.fixed64

function numberOfId(id: Uint8Array): bigint {
  return new DataView(id.buffer, id.byteOffset, id.byteLength).getBigUint64(0)
}
