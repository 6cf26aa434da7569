import { join } from 'node:path'
import type { MethodDefinition, ServiceDefinition } from '@grpc/proto-loader'
import { loadSync } from '@grpc/proto-loader'
import { projectRoot } from '../../project-root.ts'

const definition = loadSync('jaeger/api_v2/query.proto', {
  includeDirs: [join(projectRoot, 'proto')],
  keepCase: true,
  longs: String,
  enums: String,
  bytes: String,
})
const service = definition['jaeger.api_v2.QueryService'] as ServiceDefinition
const method = service['GetTrace'] as MethodDefinition<object, { spans?: readonly object[] }>

/** A SpansResponseChunk as protobufjs reads it: names of the proto, bytes as base64. */
export function foreignChunk(bytes: Uint8Array): { readonly spans?: readonly object[] } {
  return method.responseDeserialize(Buffer.from(bytes))
}

/** How many spans protobufjs sees in a SpansResponseChunk. */
export function foreignChunkSpans(bytes: Uint8Array): number {
  return foreignChunk(bytes).spans?.length ?? 0
}
