import { join } from 'node:path'
import { loadSync } from '@grpc/proto-loader'
import { projectRoot } from '../../project-root.ts'

// protobufjs, as @grpc/proto-loader brings it: an implementation that is not ours.
const definition = loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto', {
  includeDirs: [join(projectRoot, 'proto')],
  keepCase: true,
  longs: String,
  enums: Number,
  defaults: false,
})

/** A request as protobufjs reads it; fields that are not set are absent. */
export function foreignDecode(bytes: Uint8Array): ForeignRequest {
  return exportMethod().requestDeserialize(Buffer.from(bytes)) as ForeignRequest
}

/** A request as protobufjs writes it. */
export function foreignEncode(request: object): Uint8Array {
  return new Uint8Array(exportMethod().requestSerialize(request))
}

/** All spans of a request, as protobufjs reads them. */
export function foreignSpans(bytes: Uint8Array): readonly ForeignSpan[] {
  return (foreignDecode(bytes).resource_spans ?? []).flatMap((resource) =>
    (resource.scope_spans ?? []).flatMap((scope) => scope.spans ?? []),
  )
}

/** ExportTraceServiceRequest; other fields are there too. */
export interface ForeignRequest {
  readonly resource_spans?: readonly {
    readonly resource?: { readonly attributes?: readonly ForeignKeyValue[] }
    readonly scope_spans?: readonly { readonly spans?: readonly ForeignSpan[] }[]
  }[]
}

/** KeyValue with one member of AnyValue. */
export interface ForeignKeyValue {
  readonly key: string
  readonly value?: { readonly string_value?: string; readonly bytes_value?: Buffer }
}

/** Span; other fields are there too. */
export interface ForeignSpan {
  readonly trace_id: Buffer
  readonly span_id: Buffer
  readonly name?: string
  readonly attributes?: readonly ForeignKeyValue[]
}

function exportMethod() {
  const service = definition['opentelemetry.proto.collector.trace.v1.TraceService']
  const method = service !== undefined && 'Export' in service ? service['Export'] : undefined
  if (typeof method !== 'object' || !('requestDeserialize' in method)) {
    throw new Error('proto/ has no TraceService.Export')
  }
  return method
}
