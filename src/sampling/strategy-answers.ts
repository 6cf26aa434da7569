import type { StrategyTypeForm } from '../../bridge/jaeger-sampling/encode-json.ts'
import { encodeStrategyJson } from '../../bridge/jaeger-sampling/encode-json.ts'
import { encodeStrategy } from '../../bridge/jaeger-sampling/encode-strategy.ts'
import type { SamplingStrategy } from '../../bridge/jaeger-sampling/strategy.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { ServedStrategies, StrategySource } from './strategies.ts'

/** A strategy in the forms that were asked for so far. */
interface Encoded {
  readonly proto?: Buffer
  readonly word?: string
  readonly number?: string
}

/** Encoded answers may take so much; the rest is encoded each time, about 0.5 us an operation. */
const keptBytesMax = 16 * 1024 * 1024

/**
 * Answers to clients, most of them encoded once. They are kept by strategy and not by the name that was asked
 * for, so nothing grows with what clients send, and they go when the strategies change.
 */
export class StrategyAnswers {
  readonly #source: StrategySource
  readonly #metrics: Pick<Metrics, 'add'>
  #encoded = new Map<SamplingStrategy, Encoded>()
  #encodedFrom: ServedStrategies | undefined
  #keptBytes = 0

  constructor(source: StrategySource, metrics: Pick<Metrics, 'add'>) {
    this.#source = source
    this.#metrics = metrics
  }

  /** A SamplingStrategyResponse. @param listener label of the port that was asked */
  proto(service: string, listener: string): Buffer {
    const strategy = this.#strategyOf(service, listener)
    const kept = this.#encoded.get(strategy)?.proto
    if (kept !== undefined) return kept
    const proto = asBuffer(encodeStrategy(strategy))
    this.#keep(strategy, proto.length, { proto })
    return proto
  }

  /** The JSON of the HTTP endpoints. @param listener label of the port that was asked */
  json(service: string, form: StrategyTypeForm, listener: string): string {
    const strategy = this.#strategyOf(service, listener)
    const kept = this.#encoded.get(strategy)?.[form]
    if (kept !== undefined) return kept
    const json = encodeStrategyJson(strategy, form)
    this.#keep(strategy, 2 * json.length, { [form]: json })
    return json
  }

  #strategyOf(service: string, listener: string): SamplingStrategy {
    const { current } = this.#source
    if (current !== this.#encodedFrom) {
      this.#encodedFrom = current
      this.#encoded.clear()
      this.#keptBytes = 0
    }
    const own = current.byService.get(service)
    const strategy = own === undefined ? 'default' : 'own'
    this.#metrics.add('spangate_sampling_requests_total', 1, { listener, strategy })
    return own ?? current.byDefault
  }

  #keep(strategy: SamplingStrategy, sizeBytes: number, form: Encoded): void {
    if (this.#keptBytes + sizeBytes > keptBytesMax) return
    this.#keptBytes += sizeBytes
    this.#encoded.set(strategy, { ...this.#encoded.get(strategy), ...form })
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
