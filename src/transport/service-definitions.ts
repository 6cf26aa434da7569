import { readFileSync } from 'node:fs'
import type { ServiceDefinition } from '@grpc/grpc-js'
import type { PackageDefinition } from '@grpc/proto-loader'
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader'

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
    throw new TypeError(`Cannot load ${name}: proto/ has no such service`)
  }
  // Both come from the same protos by the same options; `npm run generate:check` holds them together.
  return definition as unknown as Definition
}

/** All of proto/, read when it is first asked for. */
function definitions(): PackageDefinition {
  // The options of scripts/generate.js, on which the types in proto/gen depend.
  loaded ??= loadFileDescriptorSetFromBuffer(
    readFileSync(new URL('../../../proto/gen/spangate.binpb', import.meta.url)),
    { longs: String, enums: String, defaults: true, oneofs: true },
  )
  return loaded
}

let loaded: PackageDefinition | undefined
