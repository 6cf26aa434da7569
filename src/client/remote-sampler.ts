import { diag } from '@opentelemetry/api'
import type { RemoteSamplerOptions } from '../../bridge/opentelemetry/remote-sampler.ts'
import { RemoteSampler } from '../../bridge/opentelemetry/remote-sampler.ts'
import type { StrategyTransport } from '../../bridge/opentelemetry/strategy-transport.ts'
import type { GrpcChannelOptions } from './grpc-channel.ts'
import type { HttpChannelOptions } from './http-channel.ts'
import { backgroundRuntime } from './node-runtime.ts'
import { createGrpcStrategies, createHttpStrategies } from './strategy-transports.ts'
import { unknownProtocol } from './unknown-protocol.ts'

/** Who is asked: a port of a gateway, or whoever else serves Jaeger's strategies. */
export type StrategyServer =
  | ({ readonly protocol?: 'http' } & HttpChannelOptions)
  | ({ readonly protocol: 'grpc' } & GrpcChannelOptions)

/** What differs from the defaults; without `onProblem` OpenTelemetry's `diag` is told, once of each problem. */
export type RemoteSamplerSettings = Pick<
  RemoteSamplerOptions,
  'service' | 'initial' | 'limits' | 'onProblem'
>

/**
 * A `Sampler` for OpenTelemetry's SDK 2.x that keeps what a gateway says. A child is as its parent, so it is
 * the provider's sampler as it is.
 *
 *     createRemoteSampler({ service: 'cart', endpoint: 'http://localhost:5778' })
 *     createRemoteSampler({ service: 'cart', protocol: 'grpc', endpoint: 'localhost:5779' })
 *
 * @throws RangeError that names the service, the protocol, the endpoint or the limit which cannot be used
 */
export function createRemoteSampler(
  options: StrategyServer & RemoteSamplerSettings,
): RemoteSampler {
  const { service, initial, limits, onProblem = tellOnce() } = options
  // A program without types may forget it, and would be told what to sample of "undefined".
  if (typeof service !== 'string') {
    throw new RangeError(`Cannot make sampler: service is ${String(service)}, must be a name`)
  }
  return new RemoteSampler({
    service,
    transport: transportOf(options),
    runtime: backgroundRuntime,
    onProblem,
    ...(initial !== undefined && { initial }),
    ...(limits !== undefined && { limits }),
  })
}

function transportOf(options: StrategyServer): StrategyTransport {
  switch (options.protocol) {
    case undefined:
    case 'http':
      return createHttpStrategies(options)
    case 'grpc':
      return createGrpcStrategies(options)
    default:
      throw unknownProtocol(options, ['http', 'grpc'])
  }
}

function tellOnce(): (message: string) => void {
  let told: string | undefined
  return (message) => {
    if (message !== told) diag.warn(`spangate: ${message}`)
    told = message
  }
}
