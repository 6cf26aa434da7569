import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js'

/** A service and what fills it. Hot paths define their own (de)serializers, which hand on Buffers. */
export interface GrpcService {
  readonly definition: ServiceDefinition
  readonly implementation: UntypedServiceImplementation
}
