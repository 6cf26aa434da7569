import { lostInJaegerJson, lostInJaegerThrift } from '../../../bridge/jaeger-json/count-losses.ts'
import { decodeTraces } from '../../../bridge/jaeger-json/decode-traces.ts'
import { jaegerTracesOf } from '../../../bridge/jaeger-json/encode-traces.ts'
import { lostInJaeger } from '../../../bridge/jaeger-proto/count-losses.ts'
import { decodeBatches } from '../../../bridge/jaeger-proto/decode-request.ts'
import { encodePostSpansRequest } from '../../../bridge/jaeger-proto/encode-request.ts'
import { encodeThriftBatches } from '../../../bridge/jaeger-thrift/encode-batches.ts'
import { unknownInGroups } from '../../../bridge/model/count-unknown.ts'
import type { Losses } from '../../../bridge/model/losses.ts'
import type { SpanGroup } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeJsonRequest } from '../../../bridge/otlp/decode-json.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { jsonOfGroups } from '../../../bridge/otlp/encode-json.ts'
import { encodeTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { lostInZipkin } from '../../../bridge/zipkin/count-losses.ts'
import { decodeZipkinJson } from '../../../bridge/zipkin/decode-json.ts'
import { decodeZipkinProto } from '../../../bridge/zipkin/decode-proto.ts'
import { decodeZipkinThrift } from '../../../bridge/zipkin/decode-thrift.ts'
import { decodeZipkinV1Json } from '../../../bridge/zipkin/decode-v1-json.ts'
import { zipkinSpansOf } from '../../../bridge/zipkin/encode-json.ts'
import { zipkinProtoOf } from '../../../bridge/zipkin/encode-proto.ts'
import { renderTree } from '../trace/render-tree.ts'
import { decodeThrift, isJaegerThrift, isZipkinThrift } from './decode-thrift.ts'
import type { Beginning, Format, InputFormat, OutputFormat } from './format.ts'
import type { InputName, OutputName } from './format-names.ts'
import { hasMessage } from './has-message.ts'

/** Nothing that is decoded here arrives at a gateway. */
const options = { arrivalUnixMs: 0 }
const nothing: Losses = new Map()

/**
 * Every format of spans in files, by its name on the command line. `spangate convert` reads and writes
 * them; `spangate trace get` writes those that have an output.
 */
export const formats: readonly Format[] = [
  {
    name: 'tree',
    mediaType: 'text/plain',
    title: 'a tree for people',
    output: {
      kind: 'text',
      wholeTraces: true,
      encode: (batches) => ({ written: renderTree(groupsIn(batches)), lost: nothing }),
    },
  },
  {
    name: 'otlp_proto',
    mediaType: 'application/x-protobuf',
    title: 'OTLP protobuf: TracesData',
    input: {
      framing: 'protobuf',
      // TracesData 1, ResourceSpans 2, ScopeSpans 2: a Span.
      recognise: ({ bytes }) => hasMessage(bytes, [1, 2, 2], { 1: [16], 2: [8] }),
      decode: (part) => decodeRequest(part, options),
    },
    output: {
      kind: 'bytes',
      wholeTraces: false,
      encode: (batches) => ({
        written: Buffer.concat(batches.map((batch) => encodeTracesData(batch))),
        lost: nothing,
      }),
    },
  },
  {
    name: 'otlp_json',
    mediaType: 'application/json',
    title: 'OTLP JSON: TracesData',
    input: {
      framing: 'json',
      listMember: 'resourceSpans',
      wrap: { before: '{"resourceSpans":[', after: ']}' },
      recognise: ({ members }) => members?.has('resourceSpans') === true,
      decode: (part) => decodeJsonRequest(part, options),
    },
    output: {
      kind: 'json',
      wholeTraces: false,
      document: (resourceSpans) => ({ resourceSpans }),
      encode: (batches) => {
        const groups = groupsIn(batches)
        const unknown = unknownInGroups(groups)
        return {
          written: (jsonOfGroups(groups) as { resourceSpans: readonly unknown[] }).resourceSpans,
          lost: unknown === 0 ? nothing : new Map([['unknown_fields', unknown]]),
        }
      },
    },
  },
  {
    name: 'jaeger_proto',
    mediaType: 'application/x-protobuf',
    title: "Jaeger's protobuf: api_v2 PostSpansRequest",
    input: {
      framing: 'protobuf',
      // PostSpansRequest 1, Batch 1: a Span.
      recognise: ({ bytes }) => hasMessage(bytes, [1, 1], { 1: [8, 16], 2: [8] }),
      decode: (part) => decodeBatches(part, options),
    },
    output: {
      kind: 'bytes',
      wholeTraces: false,
      encode: (batches) => {
        const groups = groupsIn(batches)
        return { written: encodePostSpansRequest(groups), lost: lostInJaeger(groups) }
      },
    },
  },
  {
    name: 'jaeger_thrift',
    mediaType: 'application/x-thrift',
    title: "Jaeger's Thrift: Batch, or calls of its agent, by the binary or the compact protocol",
    input: {
      framing: 'thrift',
      recognise: ({ bytes }) => isJaegerThrift(bytes),
      decode: (part) => decodeThrift(part, options),
    },
    output: {
      kind: 'bytes',
      wholeTraces: false,
      encode: (batches) => {
        const groups = groupsIn(batches)
        const { batches: written } = encodeThriftBatches(groups, 'binary')
        return { written: Buffer.concat(written), lost: lostInJaegerThrift(groups) }
      },
    },
  },
  {
    name: 'jaeger_ui_json',
    mediaType: 'application/json',
    title: "JSON of Jaeger's user interface",
    input: {
      framing: 'json',
      listMember: 'data',
      recognise: ({ members }) => members?.has('traceID') === true && members.has('spans'),
      decode: (part) => decodeTraces(part, options),
    },
    output: {
      kind: 'json',
      wholeTraces: true,
      // What its UI gets of GET /api/traces, and takes as a file.
      document: (data) => ({ data, total: 0, limit: 0, offset: 0, errors: null }),
      encode: (batches) => {
        const groups = groupsIn(batches)
        return { written: jaegerTracesOf(groups), lost: lostInJaegerJson(groups) }
      },
    },
  },
  {
    name: 'zipkin_json',
    mediaType: 'application/json',
    title: "Zipkin's JSON, version 2",
    input: {
      framing: 'json',
      wrap: { before: '[', after: ']' },
      recognise: ({ members }) => isZipkin(members) && !isZipkinV1(members),
      decode: (part) => decodeZipkinJson(part, options),
    },
    output: {
      kind: 'json',
      wholeTraces: false,
      // What POST /api/v2/spans takes.
      document: (spans) => spans,
      encode: (batches) => {
        const groups = groupsIn(batches)
        return { written: zipkinSpansOf(groups), lost: lostInZipkin(groups) }
      },
    },
  },
  {
    name: 'zipkin_v1_json',
    mediaType: 'application/json',
    title: "Zipkin's JSON, version 1",
    input: {
      framing: 'json',
      wrap: { before: '[', after: ']' },
      recognise: ({ members }) => isZipkin(members) && isZipkinV1(members),
      decode: (part) => decodeZipkinV1Json(part, options),
    },
  },
  {
    name: 'zipkin_thrift',
    mediaType: 'application/x-thrift',
    title: "Zipkin's Thrift, version 1: a list of spans by the binary protocol",
    input: {
      framing: 'thrift_list',
      recognise: ({ bytes }) => isZipkinThrift(bytes),
      decode: (part) => decodeZipkinThrift(part, options),
    },
  },
  {
    name: 'zipkin_proto',
    mediaType: 'application/x-protobuf',
    title: "Zipkin's protobuf: zipkin.proto3.ListOfSpans",
    input: {
      framing: 'protobuf',
      // ListOfSpans 1: a Span, with its trace id and id.
      recognise: ({ bytes }) => hasMessage(bytes, [1], { 1: [8, 16], 3: [8] }),
      decode: (part) => decodeZipkinProto(part, options),
    },
    output: {
      kind: 'bytes',
      wholeTraces: false,
      encode: (batches) => {
        const groups = groupsIn(batches)
        return { written: zipkinProtoOf(zipkinSpansOf(groups)), lost: lostInZipkin(groups) }
      },
    },
  },
]

/** A span's own names; other formats have theirs deeper, or write them otherwise. */
function isZipkin(members: Beginning['members']): boolean {
  return members?.has('traceId') === true && members.has('id') && !members.has('resourceSpans')
}

/** As bridge/zipkin tells the versions apart. */
function isZipkinV1(members: Beginning['members']): boolean {
  const isOfV2 = ['localEndpoint', 'remoteEndpoint', 'tags'].some((name) => members?.has(name))
  return members?.has('binaryAnnotations') === true && !isOfV2
}

/** How a format is read. */
export function inputOf(name: InputName): InputFormat {
  const input = formats.find((format) => format.name === name)?.input
  if (input === undefined) throw new TypeError(`Cannot read ${name}: there is no such input`)
  return input
}

/** How a format is written. */
export function outputOf(name: OutputName): OutputFormat {
  const output = formats.find((format) => format.name === name)?.output
  if (output === undefined) throw new TypeError(`Cannot write ${name}: there is no such output`)
  return output
}

function groupsIn(batches: readonly SpanBatch[]): readonly SpanGroup[] {
  return batches.flatMap((batch) => groupsOf(batch))
}
