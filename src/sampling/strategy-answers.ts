import type { StrategyTypeForm } from '../../bridge/jaeger-sampling/encode-json.ts'
import { encodeStrategyJson } from '../../bridge/jaeger-sampling/encode-json.ts'
import { encodeStrategy } from '../../bridge/jaeger-sampling/encode-strategy.ts'
import type { SamplingStrategy } from '../../bridge/jaeger-sampling/strategy.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { ServedStrategies, StrategySource } from './strategies.ts'

/** A strategy in the forms that were asked for so far. Its bytes are a buffer of their own. */
interface Encoded {
  readonly proto?: Buffer
  readonly word?: string
  readonly number?: string
}

/** Encoded answers may take so much; the rest is encoded each time, about 0.5 us an operation. */
const keptBytesMax = 16 * 1024 * 1024

/**
 * Answers to clients, most of them encoded once. They are kept by services that have a strategy, and not by what
 * was asked for, so nothing grows with what clients send, and they go when the strategies change.
 */
export class StrategyAnswers {
  readonly #source: StrategySource
  readonly #metrics: Pick<Metrics, 'adder'>
  /** By listener. */
  readonly #counters = new Map<
    string,
    Readonly<Record<'own' | 'default', (count: number) => void>>
  >()
  readonly #byService = new Map<string, Encoded>()
  #byDefault: Encoded = {}
  #encodedFrom: ServedStrategies | undefined
  #keptBytes = 0

  constructor(source: StrategySource, metrics: Pick<Metrics, 'adder'>) {
    this.#source = source
    this.#metrics = metrics
  }

  /** A SamplingStrategyResponse. @param listener label of the port that was asked */
  proto(service: string, listener: string): Buffer {
    return this.#answer('proto', service, listener, (strategy) => {
      return asBuffer(encodeStrategy(strategy))
    })
  }

  /** The JSON of the HTTP endpoints. @param listener label of the port that was asked */
  json(service: string, form: StrategyTypeForm, listener: string): string {
    return this.#answer(form, service, listener, (strategy) => encodeStrategyJson(strategy, form))
  }

  #answer<Form extends keyof Encoded>(
    form: Form,
    service: string,
    listener: string,
    encode: (strategy: SamplingStrategy) => NonNullable<Encoded[Form]>,
  ): NonNullable<Encoded[Form]> {
    this.#source.asked?.(service)
    const { byService, byDefault } = this.#current()
    const isOwn = byService.has(service)
    this.#count(listener, isOwn ? 'own' : 'default')
    const known = isOwn ? this.#byService.get(service) : this.#byDefault
    const kept = known?.[form]
    if (kept !== undefined) return kept
    const encoded = encode((isOwn ? byService.get(service) : undefined) ?? byDefault)
    const sizeBytes = typeof encoded === 'string' ? 2 * encoded.length : encoded.length
    if (this.#keptBytes + sizeBytes > keptBytesMax) return encoded
    this.#keptBytes += sizeBytes
    const all = { ...known, [form]: encoded }
    if (isOwn) this.#byService.set(service, all)
    else this.#byDefault = all
    return encoded
  }

  #count(listener: string, strategy: 'own' | 'default'): void {
    let counters = this.#counters.get(listener)
    if (counters === undefined) {
      const counterOf = (of: typeof strategy) =>
        this.#metrics.adder('spangate_sampling_requests_total', { listener, strategy: of })
      counters = { own: counterOf('own'), default: counterOf('default') }
      this.#counters.set(listener, counters)
    }
    counters[strategy](1)
  }

  #current(): ServedStrategies {
    const { current } = this.#source
    if (current !== this.#encodedFrom) {
      this.#encodedFrom = current
      this.#byService.clear()
      this.#byDefault = {}
      this.#keptBytes = 0
    }
    return current
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
