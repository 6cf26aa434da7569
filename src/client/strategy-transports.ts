import { status } from '@grpc/grpc-js'
import { decodeStrategyJson } from '../../bridge/jaeger-sampling/decode-json.ts'
import { decodeStrategy } from '../../bridge/jaeger-sampling/decode-strategy.ts'
import type { StrategyTransport } from '../../bridge/opentelemetry/strategy-transport.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import type { GrpcChannelOptions } from './grpc-channel.ts'
import { openGrpcChannel } from './grpc-channel.ts'
import type { HttpChannelOptions } from './http-channel.ts'
import { openHttpChannel } from './http-channel.ts'

/** What an answer may hold: some 50,000 operations. */
const answerBytesMax = 4 * 1024 * 1024
const method = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy'

/**
 * Strategies by jaeger.api_v2.SamplingManager, of a gateway, a Jaeger or a Collector.
 *
 * @throws as `openGrpcChannel`
 */
export function createGrpcStrategies(options: GrpcChannelOptions): StrategyTransport {
  const channel = openGrpcChannel(options)
  return {
    ask: async (service, how) => {
      const writer = new WireWriter(64)
      writer.string(1, service)
      const outcome = await channel.call(method, writer.finish(), how)
      if (outcome.kind === 'answer') return decodeStrategy(outcome.bytes)
      const { code, details } = outcome.error
      throw new Error(`${status[code] ?? code} from ${options.endpoint}: ${details}`)
    },
    close: () => channel.close(),
  }
}

/**
 * Strategies over HTTP, at `/sampling` where the endpoint has no path. No question keeps the process alive.
 *
 * @throws as `openHttpChannel`
 */
export function createHttpStrategies(options: HttpChannelOptions): StrategyTransport {
  const channel = openHttpChannel(options, '/sampling', answerBytesMax)
  return {
    ask: async (service, how) => {
      const query = new URLSearchParams({ service }).toString()
      const answer = await channel.request({ method: 'GET', query, isBackground: true, ...how })
      const text = answer.body.toString()
      if (answer.status === 200) return decodeStrategyJson(text)
      throw new Error(
        `HTTP ${answer.status} from ${options.endpoint}: ${text.slice(0, 200).trim()}`,
      )
    },
    close: () => channel.close(),
  }
}
