import { fileURLToPath } from 'node:url'
import type { ServiceDefinition } from '@grpc/grpc-js'
import type { PackageDefinition } from '@grpc/proto-loader'
import { loadSync } from '@grpc/proto-loader'

/** The services that are served by proto-loader's objects, and where they are. */
const files = [
  'jaeger/api_v2/query.proto',
  'jaeger/api_v3/query_service.proto',
  'jaeger/storage/v2/capabilities.proto',
  'jaeger/storage/v2/dependency_storage.proto',
  'jaeger/storage/v2/trace_storage.proto',
  'spangate/v1/status.proto',
  'spangate/v1/trace_search.proto',
]

/**
 * A service of proto/ as grpc-js and proto-loader define it, with proto-loader's serializers.
 *
 * @param name with its package: `jaeger.api_v3.QueryService`
 * @typeParam Definition the type that proto/gen has of it
 */
export function loadServiceDefinition<Definition extends ServiceDefinition>(
  name: string,
): Definition {
  const definition = definitions()[name]
  if (definition === undefined || 'format' in definition) {
    throw new TypeError(`Cannot load ${name}: it is in none of ${files.join(', ')}`)
  }
  // Both come from the same protos by the same options; `npm run generate:check` holds them together.
  return definition as unknown as Definition
}

/**
 * Read when it is first asked for; about 0.1 s for the text. The descriptors in spangate.binpb take
 * proto-loader longer, and it names fields by them in snake case, which the types do not.
 */
function definitions(): PackageDefinition {
  loaded ??= loadSync(files, {
    includeDirs: [fileURLToPath(new URL('../../../proto', import.meta.url))],
    // The options of scripts/generate.js, on which the types in proto/gen depend.
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  })
  return loaded
}

let loaded: PackageDefinition | undefined
