import { WireWriter } from '../wire/writer.ts'
import type { OperationRules, SamplingStrategy } from './strategy.ts'

/**
 * Strategy -> jaeger.api_v2.SamplingStrategyResponse.
 *
 *   1 strategyType            enum   0 probabilistic, 1 rate limiting
 *   2 probabilisticSampling          1 samplingRate double
 *   3 rateLimitingSampling           1 maxTracesPerSecond int32
 *   4 operationSampling              1 defaultSamplingProbability double,
 *                                    2 defaultLowerBoundTracesPerSecond double,
 *                                    3 perOperationStrategies (1 operation, 2 probabilisticSampling),
 *                                    4 defaultUpperBoundTracesPerSecond double
 *
 * Source: jaeger-idl, proto/api_v2/sampling.proto.
 */
export function encodeStrategy({ service, operations }: SamplingStrategy): Uint8Array {
  const writer = new WireWriter(64)
  if (service.kind === 'probabilistic') writeRate(writer, service.probability)
  else {
    writer.int32(1, 1)
    writer.message(3, () => writer.int32(1, service.tracesPerSecond))
  }
  if (operations !== undefined) writer.message(4, () => writeOperations(writer, operations))
  return writer.finish()
}

/** A share of 0 is told by the message that is there, and empty. */
function writeRate(writer: WireWriter, probability: number): void {
  writer.message(2, () => writeDouble(writer, 1, probability))
}

function writeOperations(writer: WireWriter, operations: OperationRules): void {
  writeDouble(writer, 1, operations.defaultProbability)
  writeDouble(writer, 2, operations.lowerBoundPerSecond)
  for (const { operation, probability } of operations.listed) {
    writer.message(3, () => {
      writer.string(1, operation)
      writeRate(writer, probability)
    })
  }
  writeDouble(writer, 4, operations.upperBoundPerSecond)
}

function writeDouble(writer: WireWriter, field: number, value: number): void {
  if (value !== 0) writer.doubleAlways(field, value)
}
