import type { Decoded, DecodeLimits, DecodeOptions, RepairName } from '../model/decoded.ts'
import { defaultDecodeLimits } from '../model/decoded.ts'
import type { Rejected, Resource, Scope, Span, SpanGroup } from '../model/span.ts'
import { batchOfGroups } from '../otlp/encode-groups.ts'
import { repairResourceText, repairScopeText, repairSpanText } from '../repair/invalid-utf8.ts'
import { expectWireType, WireReader, WireType } from '../wire/reader.ts'
import { WireError } from '../wire/wire-error.ts'
import type { DecodeContext } from './decode-context.ts'
import { enter, Refusal } from './decode-context.ts'
import { decodeProcess, emptyResource } from './decode-process.ts'
import type { DecodedSpan } from './decode-span.ts'
import { decodeSpan } from './decode-span.ts'
import { TextReader } from './text-reader.ts'

/**
 * jaeger.api_v2.PostSpansRequest -> the model.
 *
 *   PostSpansRequest  1 batch  Batch
 *   Batch             1 spans  Span[]
 *                     2 process Process
 *
 * Spans come out in one group for each distinct process and scope, groups and spans in the order of
 * the request. A span without a process has the batch's, and a resource without attributes if there
 * is none either. A bad span is in `rejected` and the others are kept; broken framing of the
 * request, the batch or the batch's process throws `WireError`. Unknown fields of the request and
 * the batch are not kept.
 *
 * Source: jaeger-idl, api_v2/collector.proto and api_v2/model.proto.
 */
export function decodePostSpansRequest(bytes: Uint8Array, options: DecodeOptions): Decoded {
  const limits = { ...defaultDecodeLimits, ...options.limits }
  const { groups, rejected, textRepairs } = new RequestReader(bytes, limits).read()
  const decoded = batchOfGroups(groups, options)
  const repairs = new Map<RepairName, number>(decoded.repairs)
  if (textRepairs > 0) repairs.set('invalid_utf8', textRepairs)
  return { batch: decoded.batch, rejected: rejected.concat(decoded.rejected), repairs }
}

/** A resource and its spans by scope. */
interface ResourceGroups {
  readonly resource: Resource
  readonly byScope: Map<string, { readonly scope: Scope; readonly spans: Span[] }>
}

/** What one request holds. */
interface RequestParts {
  readonly groups: readonly SpanGroup[]
  readonly rejected: Rejected[]
  /** Resources, scopes and spans that had text that was no UTF-8. */
  readonly textRepairs: number
}

class RequestReader {
  readonly #context: DecodeContext
  readonly #rejected: Rejected[] = []
  #textRepairs = 0
  /** Start and end of each span, one after the other. */
  readonly #spans: number[] = []
  /** Bodies of the batch's process; several are one message, as protobuf says. */
  readonly #process: Uint8Array[] = []
  /** By the bytes of the process. */
  readonly #byProcess = new Map<string, ResourceGroups | Rejected>()

  constructor(bytes: Uint8Array, limits: DecodeLimits) {
    this.#context = {
      reader: new WireReader(bytes),
      texts: new TextReader(bytes),
      limits,
      items: 0,
    }
  }

  read(): RequestParts {
    const { reader } = this.#context
    while (reader.more()) {
      const tag = reader.tag()
      if (tag >>> 3 !== 1) {
        reader.skip(tag)
        continue
      }
      const outer = enter(reader, tag)
      this.#findSpans()
      reader.end = outer
    }
    this.#readSpans()
    const groups = groupsOf(this.#byProcess)
    return { groups, rejected: this.#rejected, textRepairs: this.#textRepairs }
  }

  /** The process may stand behind the spans it is for, so they are only found at first. */
  #findSpans(): void {
    const { reader } = this.#context
    while (reader.more()) {
      const tag = reader.tag()
      if (tag >>> 3 === 1) {
        expectWireType(tag, WireType.bytes, reader)
        const length = reader.length()
        const start = reader.position
        reader.position = start + length
        this.#spans.push(start, reader.position)
      } else if (tag >>> 3 === 2) {
        expectWireType(tag, WireType.bytes, reader)
        this.#process.push(reader.slice())
      } else reader.skip(tag)
    }
  }

  #readSpans(): void {
    const { length } = this.#spans
    // Read also without a span that needs it, so that broken framing is never passed over.
    const shared = this.#groupsOfProcess(this.#process)
    for (let at = 0; at < length; at += 2) {
      const rejected = this.#readSpan(
        { start: this.#spans[at] as number, end: this.#spans[at + 1] as number },
        shared,
      )
      if (rejected !== undefined) this.#rejected.push(rejected)
    }
  }

  #readSpan(
    { start, end }: { start: number; end: number },
    shared: ResourceGroups | Rejected,
  ): Rejected | undefined {
    const { reader, texts, limits } = this.#context
    if (end - start > limits.spanBytesMax) return tooLong('span', 'spanBytesMax', limits)
    reader.position = start
    reader.end = end
    texts.sawInvalid = false
    try {
      const decoded = decodeSpan(this.#context)
      const span = texts.sawInvalid ? this.#repaired(decoded.span, repairSpanText) : decoded.span
      const own = decoded.process
      const groups = own.length === 0 ? shared : this.#groupsOfProcess(own)
      if ('reason' in groups) return groups
      this.#addSpan(groups, { ...decoded, span })
      return undefined
    } catch (error) {
      if (error instanceof Refusal) return error.rejected
      // This span's bytes are bad; where it ends is known, so the next one can be read.
      if (error instanceof WireError) return { reason: 'malformed', message: error.message }
      throw error
    }
  }

  /** The groups of a process, read once for all spans that bring the same bytes. */
  #groupsOfProcess(parts: readonly Uint8Array[]): ResourceGroups | Rejected {
    const body = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts)
    const key = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
    const known = this.#byProcess.get(key)
    if (known !== undefined) return known
    const groups = this.#decodeProcess(body)
    this.#byProcess.set(key, groups)
    return groups
  }

  #decodeProcess(body: Uint8Array): ResourceGroups | Rejected {
    const { limits } = this.#context
    if (body.length === 0) return { resource: emptyResource, byScope: new Map() }
    if (body.length > limits.resourceBytesMax) return tooLong('process', 'resourceBytesMax', limits)
    const context = this.#contextOf(body)
    try {
      const resource = this.#repaired(decodeProcess(context), repairResourceText)
      return { resource, byScope: new Map() }
    } catch (error) {
      if (error instanceof Refusal) return error.rejected
      throw error
    }
  }

  #addSpan(groups: ResourceGroups, { span, scopeName, scopeVersion }: DecodedSpan): void {
    const key = scopeName === '' ? '' : `${scopeName.length} ${scopeName}${scopeVersion}`
    const known = groups.byScope.get(key)
    if (known !== undefined) {
      known.spans.push(span)
      return
    }
    const named = { ...emptyScope, name: scopeName, version: scopeVersion }
    groups.byScope.set(key, { scope: this.#repaired(named, repairScopeText), spans: [span] })
  }

  /** Counts a repair of text when it changed something. */
  #repaired<Value>(value: Value, repair: (value: Value) => Value): Value {
    const repaired = repair(value)
    if (repaired !== value) this.#textRepairs += 1
    return repaired
  }

  /** The request's own readers where the process lies in the request in one piece, as it should. */
  #contextOf(body: Uint8Array): DecodeContext {
    const { reader } = this.#context
    if (body.buffer !== reader.bytes.buffer) {
      return { ...this.#context, reader: new WireReader(body), texts: new TextReader(body) }
    }
    reader.position = body.byteOffset - reader.bytes.byteOffset
    reader.end = reader.position + body.length
    return this.#context
  }
}

function groupsOf(byProcess: ReadonlyMap<string, ResourceGroups | Rejected>): SpanGroup[] {
  const groups: SpanGroup[] = []
  for (const entry of byProcess.values()) {
    if ('reason' in entry) continue
    for (const { scope, spans } of entry.byScope.values()) {
      groups.push({ ...noSchema, resource: entry.resource, scope, spans })
    }
  }
  return groups
}

function tooLong(
  what: string,
  limit: 'spanBytesMax' | 'resourceBytesMax',
  limits: DecodeLimits,
): Rejected {
  return {
    reason: 'too_large',
    message: `Cannot decode ${what}: it has over ${limits[limit]} bytes (${limit})`,
  }
}

const emptyScope: Scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 }
const noSchema = { resourceSchemaUrl: '', scopeSchemaUrl: '' } as const
