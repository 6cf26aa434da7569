import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js'

/** A service and what fills it. Hot paths define their own (de)serializers, which hand on Buffers. */
export interface GrpcService {
  readonly definition: ServiceDefinition
  readonly implementation: UntypedServiceImplementation
  /**
   * True when its unary handlers take a request as `Pieces`, undecoded, so that a large one need not
   * be put together on the main thread. These are the requests that bring spans, and under overload
   * they alone are refused early.
   */
  readonly takesPieces?: true
  /**
   * True when deserializing a request copies all that is needed of it, so that a small one need not be put into
   * memory of its own before.
   */
  readonly copiesRequests?: true
}
