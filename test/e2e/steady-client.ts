import { ROOT_CONTEXT } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { Sampler } from '@opentelemetry/sdk-trace-base'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { createRemoteSampler } from '../../src/client/remote-sampler.ts'
import { createSpanExporter } from '../../src/client/span-exporter.ts'

/** What a program is made of that makes traces all the time. */
export interface SteadyOptions {
  readonly service: string
  /** `host:port` of OTLP gRPC. */
  readonly otlp: string
  /** `host:port` of the sampling service over HTTP. */
  readonly sampling: string
  readonly madePerSecond: number
}

type RemoteSampler = ReturnType<typeof createRemoteSampler>

/** Makes root spans `busy` at a rate, and counts those that its sampler keeps. */
export class SteadyClient implements Sampler {
  madePerSecond: number
  readonly #service: string
  readonly #provider: BasicTracerProvider
  readonly #timer: NodeJS.Timeout
  #sampler: RemoteSampler
  #keptAtMs: number[] = []
  #lastMs = performance.now()
  #owed = 0
  #stopped: Promise<void> | undefined

  constructor({ service, otlp, sampling, madePerSecond }: SteadyOptions) {
    this.#service = service
    this.madePerSecond = madePerSecond
    this.#sampler = this.#asking(sampling)
    this.#provider = new BasicTracerProvider({
      sampler: this,
      spanProcessors: [
        new BatchSpanProcessor(createSpanExporter({ endpoint: otlp }), {
          scheduledDelayMillis: 50,
        }),
      ],
      resource: resourceFromAttributes({ 'service.name': service }),
    })
    const tracer = this.#provider.getTracer('test')
    this.#timer = setInterval(() => {
      const nowMs = performance.now()
      this.#owed += ((nowMs - this.#lastMs) * this.madePerSecond) / 1000
      this.#lastMs = nowMs
      for (; this.#owed >= 1; this.#owed--) {
        const span = tracer.startSpan('busy', {}, ROOT_CONTEXT)
        if (span.spanContext().traceFlags === 1) this.#keptAtMs.push(nowMs)
        span.end()
      }
    }, 10)
  }

  shouldSample(...call: Parameters<RemoteSampler['shouldSample']>) {
    return this.#sampler.shouldSample(...call)
  }

  /** Spans, those of the last minute at least. */
  get kept(): number {
    return this.#keptAtMs.length
  }

  /** Of the last so many ms. */
  keptPerSecond(ms: number): number {
    const fromMs = performance.now() - ms
    this.#keptAtMs = this.#keptAtMs.filter((atMs) => atMs > fromMs - 60_000)
    return (this.#keptAtMs.filter((atMs) => atMs > fromMs).length * 1000) / ms
  }

  /** Asks another gateway from now on. */
  ask(sampling: string): void {
    const before = this.#sampler
    this.#sampler = this.#asking(sampling)
    void before.shutdown()
  }

  /** Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#provider.shutdown()
    await this.#sampler.shutdown()
  }

  #asking(sampling: string): RemoteSampler {
    const limits = { pollMs: 200 }
    return createRemoteSampler({ service: this.#service, endpoint: `http://${sampling}`, limits })
  }
}
