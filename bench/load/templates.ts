import { createBenchRandom } from './random.ts'
import type { BaseTime, IdPatch, PatchTable } from './span-patch.ts'
import {
  baseTimeOf,
  byteIds,
  changeProtobufIds,
  offsetStride,
  patchIds,
  patchJaegerTimes,
  patchOtlpTimes,
} from './span-patch.ts'
import { SpanSlot, slotStride } from './span-slots.ts'
import type { BuiltMessage, TemplateFormat, TemplateOptions } from './template-builder.ts'
import { buildMessages } from './template-builder.ts'
import {
  changeBinaryIds,
  changeCompactIds,
  patchBinaryTimes,
  patchCompactTimes,
} from './thrift-patch.ts'
import { hexIds, patchDecimalTimes } from './zipkin-patch.ts'

/** Bytes in front of each message: the frame of gRPC. */
export const grpcPrefixBytes = 5

/** A message that is ready to be sent; valid until the set comes round to it again. */
export interface ReadyMessage {
  /** The frame of gRPC and the message. */
  readonly framed: Buffer
  /** Which template it is. */
  readonly template: number
  readonly spanCount: number
}

/** What `TemplateSet.plant` changes. */
export interface Plant {
  /** 6 characters, for the attribute `tenant`. */
  readonly tenant?: string
  readonly durationNano?: number
  /** 16 bytes. Unlike the tenant it is not undone: whoever moves a span must do so in every round. */
  readonly traceId?: Uint8Array
}

/** How ids and times are written anew. */
interface FormatPatch {
  readonly ids: IdPatch
  readonly times: (table: PatchTable, span: number, base: BaseTime) => void
}

const patches: Readonly<Record<TemplateFormat, FormatPatch>> = {
  otlp: { ids: byteIds(changeProtobufIds), times: patchOtlpTimes },
  jaeger: { ids: byteIds(changeProtobufIds), times: patchJaegerTimes },
  'jaeger-thrift': { ids: byteIds(changeBinaryIds), times: patchBinaryTimes },
  'jaeger-datagram': { ids: byteIds(changeCompactIds), times: patchCompactTimes },
  'zipkin-json': { ids: hexIds, times: patchDecimalTimes },
}

/** Nanoseconds since the epoch. */
export type NanoClock = () => bigint

interface Planted {
  readonly at: number
  readonly before: string
}

const startMs = performance.timeOrigin
const wallClock: NanoClock = () => {
  const micros = Math.floor((startMs + performance.now()) * 1000)
  return BigInt(micros) * 1000n + BigInt(Math.floor(Math.random() * 1000))
}

/**
 * Encoded messages that are sent again and again, each time with new ids, times and values written
 * into their bytes. All of them lie in one piece of memory.
 */
export class TemplateSet {
  readonly #memory: Buffer
  readonly #table: PatchTable
  readonly #templates: readonly Template[]
  readonly #patch: FormatPatch
  readonly #random
  readonly #clock: NanoClock
  readonly #masks: Uint32Array
  readonly #delta = new Uint32Array(6)
  readonly #planted = new Map<number, Planted[]>()
  #bundleMask = new Uint32Array(6)
  #base: BaseTime = baseTimeOf(0n)
  #next = 0

  private constructor(options: TemplateOptions, built: BuiltSet, clock: NanoClock) {
    this.#memory = built.memory
    this.#table = built.table
    this.#templates = built.templates
    this.#patch = patches[options.format]
    this.#random = createBenchRandom(options.seed ^ 0x5bd1_e995)
    this.#clock = clock
    this.#masks = new Uint32Array(built.templates.length * 6)
  }

  /** Encodes all messages; takes seconds. `clock` says when the newest span of a send ends. */
  static build(options: TemplateOptions, clock: NanoClock = wallClock): TemplateSet {
    return new TemplateSet(options, layOut(options), clock)
  }

  /** How many templates there are. */
  get count(): number {
    return this.#templates.length
  }

  /** Bytes of all messages. */
  get sizeBytes(): number {
    return this.#memory.length
  }

  /** The next message, with spans that were never sent before. */
  next(): ReadyMessage {
    const index = this.#next
    this.#next = index + 1 === this.#templates.length ? 0 : index + 1
    const template = this.#templates[index] as Template
    this.#undoPlants(index)
    const isNewBundle = this.#templates[index - 1]?.bundle !== template.bundle
    if (isNewBundle) this.#bundleMask = this.#bundleMask.map(() => this.#random.uint32())
    if (isNewBundle) this.#base = baseTimeOf(this.#clock() - BigInt(template.lengthNano))
    for (let word = 0; word < 6; word++) {
      const mask = this.#bundleMask[word] as number
      this.#delta[word] = mask ^ (this.#masks[index * 6 + word] as number)
      this.#masks[index * 6 + word] = mask
    }
    const end = template.firstSpan + template.spanCount
    for (let span = template.firstSpan; span < end; span++) {
      patchIds(this.#table, span, this.#delta, this.#patch.ids)
      this.#patch.times(this.#table, span, this.#base)
    }
    return { framed: template.framed, template: index, spanCount: template.spanCount }
  }

  /** Changes a span (OTLP only) of a message that was not sent yet; its next round undoes it. */
  plant(message: ReadyMessage, span: number, { tenant, durationNano, traceId }: Plant): void {
    const index = this.#spanIndex(message, span)
    if (tenant !== undefined) {
      const at = this.#table.slots[index * slotStride + SpanSlot.tenant] as number
      const before = this.#memory.toString('latin1', at, at + 6)
      this.#memory.write(tenant, at, 6, 'latin1')
      const planted = this.#planted.get(message.template) ?? []
      planted.push({ at, before })
      this.#planted.set(message.template, planted)
    }
    if (durationNano !== undefined) {
      const start = this.#table.slots[index * slotStride + SpanSlot.start] as number
      const end = this.#table.slots[index * slotStride + SpanSlot.end] as number
      const startNano = this.#memory.readBigUInt64LE(start)
      this.#memory.writeBigUInt64LE(startNano + BigInt(durationNano), end)
    }
    if (traceId !== undefined) {
      this.#memory.set(traceId, this.#table.slots[index * slotStride + SpanSlot.traceId])
    }
  }

  /** The trace id, hex, of a span of a message that was just made. */
  traceId(message: ReadyMessage, span: number): string {
    const at = this.#table.slots[this.#spanIndex(message, span) * slotStride + SpanSlot.traceId]
    return this.#memory.toString('hex', at, (at as number) + 16)
  }

  /** The span id, hex, of a span of a message that was just made. */
  spanId(message: ReadyMessage, span: number): string {
    const at = this.#table.slots[this.#spanIndex(message, span) * slotStride + SpanSlot.spanId]
    return this.#memory.toString('hex', at, (at as number) + 8)
  }

  #spanIndex(message: ReadyMessage, span: number): number {
    return (this.#templates[message.template] as Template).firstSpan + span
  }

  #undoPlants(template: number): void {
    const planted = this.#planted.get(template)
    if (planted === undefined) return
    for (const { at, before } of planted) this.#memory.write(before, at, 6, 'latin1')
    this.#planted.delete(template)
  }
}

interface Template {
  readonly framed: Buffer
  readonly firstSpan: number
  readonly spanCount: number
  readonly bundle: number
  /** From the base time to the end of the bundle's newest span. */
  readonly lengthNano: number
}

interface BuiltSet {
  readonly memory: Buffer
  readonly table: PatchTable
  readonly templates: readonly Template[]
}

function layOut(options: TemplateOptions): BuiltSet {
  const messages: BuiltMessage[] = []
  const lengths = new Map<number, number>()
  let sizeBytes = 0
  let spanCount = 0
  const slots: Uint32Array[] = []
  const offsets: Float64Array[] = []
  for (const message of buildMessages(options)) {
    const framed = Buffer.allocUnsafe(grpcPrefixBytes + message.bytes.length)
    framed.writeUInt8(0, 0)
    framed.writeUInt32BE(message.bytes.length, 1)
    framed.set(message.bytes, grpcPrefixBytes)
    slots.push(slotsOf(message, sizeBytes + grpcPrefixBytes))
    offsets.push(Float64Array.from(message.spans.flatMap((span) => span.offsetsNano)))
    const lengthNano = Math.max(...message.spans.map((span) => span.offsetsNano[1]))
    lengths.set(message.bundle, Math.max(lengths.get(message.bundle) ?? 0, lengthNano))
    // Only what is still needed is kept of each message.
    messages.push({ bytes: framed, spans: [], bundle: message.bundle })
    sizeBytes += framed.length
    spanCount += message.spans.length
  }
  const memory = Buffer.from(new ArrayBuffer(sizeBytes))
  const table: PatchTable = {
    view: new DataView(memory.buffer),
    slots: new Uint32Array(spanCount * slotStride),
    offsetsNano: new Float64Array(spanCount * offsetStride),
  }
  let at = 0
  let firstSpan = 0
  const templates = messages.map(({ bytes, bundle }, index): Template => {
    const framed = memory.subarray(at, at + bytes.length)
    framed.set(bytes)
    at += bytes.length
    const own = slots[index] as Uint32Array
    table.slots.set(own, firstSpan * slotStride)
    table.offsetsNano.set(offsets[index] as Float64Array, firstSpan * offsetStride)
    const template = { framed, firstSpan, spanCount: own.length / slotStride, bundle }
    firstSpan += template.spanCount
    return { ...template, lengthNano: lengths.get(bundle) ?? 0 }
  })
  return { memory, table, templates }
}

function slotsOf(message: BuiltMessage, messageAt: number): Uint32Array {
  const slots = new Uint32Array(message.spans.length * slotStride)
  for (const [index, { encoded, bodyAt }] of message.spans.entries()) {
    for (let slot = 0; slot < slotStride; slot++) {
      const within = encoded.slots[slot] as number
      if (within !== 0) slots[index * slotStride + slot] = messageAt + bodyAt + within
    }
  }
  return slots
}
