import { expectWireType, WireReader, WireType } from '../wire/reader.ts'
import type { OperationRule, OperationRules, SamplingStrategy, ServiceRule } from './strategy.ts'
import { checkBound, checkProbability, checkTraces, StrategyError } from './strategy-error.ts'

/**
 * jaeger.api_v2.SamplingStrategyResponse -> strategy; `encodeStrategy` has the fields. Absent numbers
 * are 0, as proto3 has it.
 *
 * @throws WireError for broken bytes, StrategyError for values that make no sense
 */
export function decodeStrategy(bytes: Uint8Array): SamplingStrategy {
  let type = 0
  let probability: number | undefined
  let tracesPerSecond = 0
  let operations: OperationRules | undefined
  eachField(bytes, (field, reader, tag) => {
    if (field === 1) {
      expectWireType(tag, WireType.varint, reader)
      type = reader.int32()
    } else if (field === 2) probability = readRate(messageOf(reader, tag))
    else if (field === 3) tracesPerSecond = readTraces(messageOf(reader, tag))
    else if (field === 4) operations = readOperations(messageOf(reader, tag))
    else return false
    return true
  })
  return { service: serviceRule(type, probability ?? 0, tracesPerSecond), operations }
}

function serviceRule(type: number, probability: number, tracesPerSecond: number): ServiceRule {
  if (type === 1) {
    return {
      kind: 'ratelimiting',
      tracesPerSecond: checkTraces('maxTracesPerSecond', tracesPerSecond),
    }
  }
  if (type === 0) {
    return { kind: 'probabilistic', probability: checkProbability('samplingRate', probability) }
  }
  throw new StrategyError('strategyType', `is ${type}, must be 0 or 1`)
}

/** ProbabilisticSamplingStrategy: 1 samplingRate double. */
function readRate(bytes: Uint8Array): number {
  let rate = 0
  eachField(bytes, (field, reader, tag) => {
    if (field !== 1) return false
    rate = doubleOf(reader, tag)
    return true
  })
  return rate
}

/** RateLimitingSamplingStrategy: 1 maxTracesPerSecond int32. */
function readTraces(bytes: Uint8Array): number {
  let traces = 0
  eachField(bytes, (field, reader, tag) => {
    if (field !== 1) return false
    expectWireType(tag, WireType.varint, reader)
    traces = reader.int32()
    return true
  })
  return traces
}

function readOperations(bytes: Uint8Array): OperationRules {
  let defaultProbability = 0
  let lowerBoundPerSecond = 0
  let upperBoundPerSecond = 0
  const listed: OperationRule[] = []
  eachField(bytes, (field, reader, tag) => {
    if (field === 1) defaultProbability = doubleOf(reader, tag)
    else if (field === 2) lowerBoundPerSecond = doubleOf(reader, tag)
    else if (field === 3) listed.push(readOperation(messageOf(reader, tag)))
    else if (field === 4) upperBoundPerSecond = doubleOf(reader, tag)
    else return false
    return true
  })
  return {
    defaultProbability: checkProbability('defaultSamplingProbability', defaultProbability),
    lowerBoundPerSecond: checkBound('defaultLowerBoundTracesPerSecond', lowerBoundPerSecond),
    upperBoundPerSecond: checkBound('defaultUpperBoundTracesPerSecond', upperBoundPerSecond),
    listed,
  }
}

/** OperationSamplingStrategy: 1 operation string, 2 probabilisticSampling. */
function readOperation(bytes: Uint8Array): OperationRule {
  let operation = ''
  let probability = 0
  eachField(bytes, (field, reader, tag) => {
    if (field === 1) {
      expectWireType(tag, WireType.bytes, reader)
      operation = reader.string()
    } else if (field === 2) probability = readRate(messageOf(reader, tag))
    else return false
    return true
  })
  return { operation, probability: checkProbability('perOperationStrategies', probability) }
}

/** @param read takes a field and says so; what it does not know is skipped */
function eachField(
  bytes: Uint8Array,
  read: (field: number, reader: WireReader, tag: number) => boolean,
): void {
  const reader = new WireReader(bytes)
  while (reader.more()) {
    const tag = reader.tag()
    if (!read(tag >>> 3, reader, tag)) reader.skip(tag)
  }
}

function messageOf(reader: WireReader, tag: number): Uint8Array {
  expectWireType(tag, WireType.bytes, reader)
  return reader.slice()
}

function doubleOf(reader: WireReader, tag: number): number {
  expectWireType(tag, WireType.fixed64, reader)
  return reader.double()
}
