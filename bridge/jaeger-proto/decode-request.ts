import type { Decoded, DecodeLimits, DecodeOptions, RepairName } from '../model/decoded.ts'
import { defaultDecodeLimits } from '../model/decoded.ts'
import { RequestDensity } from '../model/request-density.ts'
import type { Rejected } from '../model/span.ts'
import { placeGroup } from '../otlp/checked-group.ts'
import { OutputBuilder } from '../otlp/output-builder.ts'
import { Rejections } from '../otlp/rejections.ts'
import { createScan } from '../otlp/scan.ts'
import { foundLength } from '../otlp/scan-span.ts'
import { SpanOutput } from '../otlp/span-output.ts'
import { takeSpan, thresholdOf } from '../otlp/take-span.ts'
import { TermList } from '../otlp/term-list.ts'
import { expectWireType, WireReader, WireType } from '../wire/reader.ts'
import { WireError } from '../wire/wire-error.ts'
import type { DecodeContext } from './decode-context.ts'
import { enter, Refusal } from './decode-context.ts'
import { readSpan } from './read-span.ts'
import type { Process } from './span-groups.ts'
import { SpanGroups } from './span-groups.ts'
import { SpanParts } from './span-parts.ts'
import { SpecialTags } from './special-tags.ts'
import { writeSpan } from './write-span.ts'

/**
 * jaeger.api_v2.PostSpansRequest -> the model.
 *
 *   PostSpansRequest  1 batch  Batch
 *   Batch             1 spans  Span[]
 *                     2 process Process
 *
 * One pass over the bytes writes each span as OTLP and notes its index, without an object for it or
 * for its tags; only what is unusual is looked at again by bridge/otlp, which repairs or refuses it
 * as it does with its own. There is one group for each distinct process and scope, in the order of
 * their first spans; spans are in the order of the request. A span without a process has the
 * batch's, and a resource without attributes if there is none either. A bad span is in `rejected`
 * and the others are kept; broken framing of the request, the batch or the batch's process throws
 * `WireError`, and so do more elements than the bytes of a client's request really hold. Unknown fields
 * of the request and the batch are not kept, but counted in `skippedFields`, as is every value that another
 * one replaces and a process of a batch that no span has.
 *
 * Source: jaeger-idl, api_v2/collector.proto and api_v2/model.proto.
 */
export function decodePostSpansRequest(bytes: Uint8Array, options: DecodeOptions): Decoded {
  return new RequestReader(bytes, options, 'merged').read(options.arrivalUnixMs)
}

/**
 * Several requests in one go: like `decodePostSpansRequest`, but each `batch` is one of its own, whose
 * process is for its own spans. Protobuf would merge them into one. Whoever has put them together has
 * counted what they hold, so that one bad request does not take the others with it.
 */
export function decodeBatches(bytes: Uint8Array, options: DecodeOptions): Decoded {
  return new RequestReader(bytes, options, 'apart').read(options.arrivalUnixMs)
}

/** What a batch of the request is, before its spans are read. */
interface FoundBatch {
  /** Bodies of its process; several are one message, as protobuf says. */
  readonly process: Uint8Array[]
  /** Where its spans end in the list of all spans. */
  spansEnd: number
}

class RequestReader {
  readonly #context: DecodeContext
  readonly #limits: DecodeLimits
  readonly #rejections = new Rejections()
  readonly #repairs = new Map<RepairName, number>()
  readonly #groups: SpanGroups
  readonly #builder: OutputBuilder
  /** Start and end of each span, one after the other. */
  readonly #spans: number[] = []
  readonly #batches: FoundBatch[] = []
  /** Whether a span of the current batch has its process. */
  #isShared = false
  readonly #onItems: DecodeOptions['onItems']
  readonly #density: RequestDensity

  constructor(bytes: Uint8Array, options: DecodeOptions, batches: 'merged' | 'apart') {
    const { limits } = options
    this.#limits =
      limits === undefined ? defaultDecodeLimits : { ...defaultDecodeLimits, ...limits }
    this.#context = { reader: new WireReader(bytes), limits: this.#limits, items: 0, lostFields: 0 }
    this.#groups = new SpanGroups(this.#context.reader.bytes, this.#limits, this.#repairs)
    const { memory } = options
    this.#onItems = options.onItems
    const counted = batches === 'merged' ? options : { ...options, isRequest: false }
    this.#density = RequestDensity.of(counted, bytes.length, tagBytesMin)
    const isAsked = options.withTerms === true
    const terms = isAsked ? new TermList(memory ?? 64 + (bytes.length >>> 5)) : undefined
    this.#findBatches(batches === 'apart')
    this.#builder = new OutputBuilder(output, terms, this.#spans.length / 2, memory)
  }

  read(arrivalUnixMs: number): Decoded {
    const { reader } = this.#context
    const end = reader.end
    let at = 0
    for (const batch of this.#batches) {
      // Read also without a span that needs it, so that broken framing is never passed over.
      const shared = this.#groups.processOf(batch.process)
      this.#isShared = batch.process.length === 0
      for (; at < batch.spansEnd; at += 2) {
        reader.position = this.#spans[at] as number
        reader.end = this.#spans[at + 1] as number
        this.#readSpan(shared)
        this.#density.countItems(this.#context.items, reader.position)
        this.#onItems?.(this.#context.items)
      }
      if (!this.#isShared) this.#context.lostFields += 1
    }
    reader.end = end
    const skippedFields = this.#context.lostFields + this.#groups.lostFields
    return {
      batch: this.#builder.finish(arrivalUnixMs),
      rejected: this.#rejections.list,
      repairs: this.#repairs,
      ...(skippedFields > 0 && { skippedFields }),
    }
  }

  #findBatches(areApart: boolean): void {
    const { reader } = this.#context
    while (reader.more()) {
      const tag = reader.tag()
      if (tag >>> 3 !== 1) {
        this.#context.lostFields += 1
        reader.skip(tag)
        continue
      }
      this.#density.countSpans(1, reader.position)
      const outer = enter(reader, tag)
      const [first] = this.#batches
      const batch = areApart || first === undefined ? { process: [], spansEnd: 0 } : first
      if (batch !== first) this.#batches.push(batch)
      this.#findSpans(batch)
      reader.end = outer
    }
  }

  /** The process may stand behind the spans it is for, so they are only found at first. */
  #findSpans(batch: FoundBatch): void {
    const { reader } = this.#context
    while (reader.more()) {
      const tag = reader.tag()
      if (tag >>> 3 === 1) {
        expectWireType(tag, WireType.bytes, reader)
        const length = reader.length()
        const start = reader.position
        reader.position = start + length
        this.#density.countSpans(1, start)
        this.#spans.push(start, reader.position)
      } else if (tag >>> 3 === 2) {
        expectWireType(tag, WireType.bytes, reader)
        this.#density.countSpans(1, reader.position)
        batch.process.push(reader.slice())
      } else {
        this.#context.lostFields += 1
        reader.skip(tag)
      }
    }
    batch.spansEnd = this.#spans.length
  }

  #readSpan(shared: Process | Rejected): void {
    const { reader } = this.#context
    const { spanBytesMax } = this.#limits
    if (reader.end - reader.position > spanBytesMax) {
      const message = `Cannot decode span: it has over ${spanBytesMax} bytes (spanBytesMax)`
      this.#reject({ reason: 'too_large', message })
      return
    }
    this.#context.items = 0
    const { lostFields } = this.#context
    try {
      readSpan(this.#context, parts)
      special.find(reader.bytes, parts.tags)
      const own = parts.process
      if (own.length === 0) this.#isShared = true
      const owner = own.length === 0 ? shared : this.#groups.processOf(own)
      if ('reason' in owner) this.#reject(owner)
      else this.#addSpan(owner)
    } catch (error) {
      // It is told whole.
      this.#context.lostFields = lostFields
      this.#isShared ||= parts.process.length === 0
      if (error instanceof Refusal) this.#reject(error.rejected)
      // This span's bytes are bad; where it ends is known, so the next one can be read.
      else if (error instanceof WireError) {
        this.#reject({ reason: 'malformed', message: error.message })
      } else throw error
    }
  }

  #addSpan(owner: Process): void {
    const builder = this.#builder
    const group = this.#groups.groupOf(owner, special)
    if ('reason' in group) {
      this.#reject(group)
      return
    }
    const index = group.index ?? builder.groupCount
    const start = output.size
    const isUsual = writeSpan(output, this.#context.reader.bytes, parts, special, found)
    if (isUsual && this.#isWithinLimits(output.size - start)) {
      if (builder.groupCount === index) builder.addGroup()
      const { bytes, view, size } = output
      builder.addSpan(index, start, size - start, found, view, 0, thresholdOf(bytes, found))
    } else this.#takeUnusual(start, index)
    if (parts.hasMovedTimes) this.#countMovedTimes()
    if (group.index === undefined && builder.groupCount > index) {
      group.index = index
      placeGroup(builder, output, group.checked, index)
    }
  }

  /** Whether it is certain that bridge/otlp would not refuse the span for its size. */
  #isWithinLimits(length: number): boolean {
    const { spanBytesMax, itemsMax, nestingMax } = this.#limits
    // A reference may become a link with an attribute; nothing else is more than it was.
    const items = this.#context.items + parts.references.count
    return length <= spanBytesMax && items <= itemsMax && nestingMax >= deepest
  }

  /** Has the span that was just written looked at as OTLP: it may be repaired or refused. */
  #takeUnusual(start: number, group: number): void {
    const builder = this.#builder
    const limits = this.#limits
    const end = output.size
    builder.dropTerms()
    builder.spanStart = start
    const { bytes, terms } = output
    const scan = createScan(bytes, limits.nestingMax, limits.itemsMax, terms)
    const rejections = this.#rejections
    const count = builder.spanCount
    takeSpan(
      {
        bytes,
        limits,
        scan,
        found,
        builder,
        rejections,
        repairs: this.#repairs,
        onItems: undefined,
      },
      start,
      end,
      group,
    )
    if (builder.spanCount === count) output.size = start
  }

  #countMovedTimes(): void {
    this.#repairs.set('time_range', (this.#repairs.get('time_range') ?? 0) + 1)
  }

  #reject(rejected: Rejected): void {
    this.#rejections.addMade(rejected)
  }
}

// One span after the other, one request after the other: nothing of them outlives its call.
const parts = new SpanParts()
const special = new SpecialTags()
const found = new Uint32Array(foundLength)
const output = new SpanOutput()

/** A key and a value of one byte each, with a tag and a length before each of them and the whole. */
const tagBytesMin = 8
/** Of a value in an attribute of an event, as bridge/otlp counts. */
const deepest = 6
