import { encodeProcess } from '../jaeger-proto/encode-process.ts'
import { spanBody } from '../jaeger-proto/encode-span.ts'
import type { SpanGroup } from '../model/span.ts'
import { BinaryWriter } from '../thrift/binary-writer.ts'
import { CompactWriter } from '../thrift/compact-writer.ts'
import type { ThriftProtocol } from '../thrift/thrift-protocol.ts'
import { ThriftType } from '../thrift/thrift-type.ts'
import { latin1Of } from '../wire/bytes-text.ts'
import { WireReader } from '../wire/reader.ts'
import type { EncodeContext, LostInThrift } from './encode-context.ts'
import { skipLost } from './encode-context.ts'
import { encodeSpan } from './encode-span.ts'
import { encodeTags } from './encode-tags.ts'

/** Spans as Thrift. */
export interface EncodedBatches {
  /** Each a bare Batch: by the binary protocol what `POST /api/traces` of a collector takes. */
  readonly batches: readonly Uint8Array[]
  readonly lost: LostInThrift
}

/**
 * The model -> bare Batch structs, one for each distinct process in the order of their first spans,
 * each with all its spans in the order of the groups.
 *
 *   1 process  Process      of the resource
 *   2 spans    list<Span>   see encode-span.ts
 *
 * What a span becomes is said once, by bridge/jaeger-proto, whose messages are moved into Thrift here;
 * README.md tells what else is lost on the way.
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Batch.
 */
export function encodeThriftBatches(
  groups: readonly SpanGroup[],
  protocol: ThriftProtocol,
): EncodedBatches {
  const lost = { nanoseconds: 0, unknownFields: 0 }
  const writer = protocol === 'binary' ? new BinaryWriter() : new CompactWriter()
  const context: EncodeContext = { writer, lost }
  const batches = Array.from(byProcess(groups).values(), ({ body, groups: own }) => {
    encodeBatch(context, body, own)
    return writer.finish()
  })
  return { batches, lost }
}

/** Groups whose spans are of one process. */
interface ProcessGroups {
  readonly body: Uint8Array
  readonly groups: SpanGroup[]
}

function byProcess(groups: readonly SpanGroup[]): ReadonlyMap<string, ProcessGroups> {
  const found = new Map<string, ProcessGroups>()
  for (const group of groups) {
    if (group.spans.length === 0) continue
    const body = encodeProcess(group.resource)
    const key = latin1Of(body)
    const known = found.get(key)
    if (known === undefined) found.set(key, { body, groups: [group] })
    else known.groups.push(group)
  }
  return found
}

function encodeBatch(
  context: EncodeContext,
  processBody: Uint8Array,
  groups: readonly SpanGroup[],
): void {
  const { writer } = context
  writer.struct(() => {
    writer.field(1, ThriftType.struct)
    encodeThriftProcess(context, processBody)
    writer.field(2, ThriftType.list)
    writer.list(
      ThriftType.struct,
      groups.reduce((sum, { spans }) => sum + spans.length, 0),
    )
    for (const { scope, spans } of groups) {
      for (const span of spans) {
        const body = spanBody({ span, scope, processBody: noProcess })
        encodeSpan(context, body, span.parentSpanId)
      }
    }
  })
}

/**
 * Body of a jaeger.api_v2.Process -> Process.
 *
 *   1 service_name  1 serviceName  string, always
 *   2 tags          2 tags         list<Tag>
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Process.
 */
function encodeThriftProcess(context: EncodeContext, body: Uint8Array): void {
  const { writer } = context
  const reader = new WireReader(body)
  let name: Uint8Array = noProcess
  const tags: Uint8Array[] = []
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) name = reader.slice()
    else if (tag === 0x12) tags.push(reader.slice())
    else skipLost(context, reader, tag)
  }
  writer.struct(() => {
    writer.field(1, ThriftType.binary)
    writer.binary(name)
    encodeTags(context, 2, tags)
  })
}

const noProcess = new Uint8Array(0)
