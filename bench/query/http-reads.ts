import { Agent, get } from 'node:http'
import type { BenchRandom } from '../load/random.ts'
import { serviceCount, serviceName } from '../load/world.ts'
import type { Read, ReadAnswer } from './read.ts'
import type { LargeTrace, StoreFacts } from './store-facts.ts'

/** Traces that a search asks for. */
const limit = 20
const hourMs = 3_600_000

/** Reads over HTTP as Jaeger UI asks for them, the summaries as api_v3 has them. */
export class HttpReads {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #origin: string
  readonly #facts: StoreFacts
  readonly #random: BenchRandom

  /** @param origin for example `http://127.0.0.1:16686` */
  constructor(origin: string, facts: StoreFacts, random: BenchRandom) {
    this.#origin = origin
    this.#facts = facts
    this.#random = random
  }

  /** All kinds. */
  kinds(): readonly Read[] {
    const { endUnixMs, largeTraces = [] } = this.#facts
    const [from, to] = [endUnixMs - hourMs, Math.max(endUnixMs, Date.now()) + hourMs]
    const newest = (): string => {
      const service = serviceName(this.#random.below(serviceCount))
      return `/api/traces?service=${service}&start=${from}000&end=${to}000&limit=${limit}`
    }
    const newestSummaries = (): string => {
      const query = new URLSearchParams({
        'query.service_name': serviceName(this.#random.below(serviceCount)),
        'query.start_time_min': new Date(from).toISOString(),
        'query.start_time_max': new Date(to).toISOString(),
        'query.num_traces': String(limit),
      })
      return `/api/v3/trace-summaries?${query}`
    }
    const sizes = [...new Set(largeTraces.map(({ spans }) => spans))]
    return [
      this.#kind(
        'HTTP services',
        () => '/api/services',
        ({ data }) => (data?.length === serviceCount ? undefined : `${data?.length} services`),
      ),
      this.#kind('HTTP newest 20, summaries', newestSummaries, ({ summaries }) =>
        summaries?.length === limit ? undefined : `${summaries?.length} summaries`,
      ),
      this.#kind('HTTP newest 20', newest, ({ data }) =>
        data?.length === limit ? undefined : `${data?.length} traces`,
      ),
      ...sizes.map((size) => this.#traceOf(size, largeTraces)),
    ]
  }

  close(): void {
    this.#agent.destroy()
  }

  #traceOf(size: number, largeTraces: readonly LargeTrace[]): Read {
    const traces = largeTraces.filter(({ spans }) => spans === size)
    const path = (): string =>
      `/api/traces/${traces[this.#random.below(traces.length)]?.traceId ?? ''}`
    return this.#kind(`HTTP trace of ${size.toLocaleString('en')} spans`, path, ({ data }) => {
      const spans = data?.[0]?.spans?.length
      return spans === size ? undefined : `${spans} spans, must be ${size}`
    })
  }

  #kind(name: string, path: () => string, fault: (answer: HttpAnswer) => string | undefined): Read {
    return { name, ask: () => this.#ask(path(), fault) }
  }

  /** Nothing is parsed while the clock runs; the time counts until the last byte has come. */
  async #ask(path: string, fault: (answer: HttpAnswer) => string | undefined): Promise<ReadAnswer> {
    const startMs = performance.now()
    const { status, body } = await new Promise<{ status: number; body: Buffer }>(
      (resolve, reject) => {
        const request = get(`${this.#origin}${path}`, { agent: this.#agent }, (response) => {
          const pieces: Buffer[] = []
          response.on('data', (piece: Buffer) => pieces.push(piece))
          response.on('error', reject)
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces) })
          })
        })
        request.on('error', reject)
      },
    )
    const durationMs = performance.now() - startMs
    if (status !== 200) return { durationMs, fault: `status ${status}: ${body.subarray(0, 200)}` }
    return { durationMs, fault: fault(JSON.parse(body.toString()) as HttpAnswer) }
  }
}

/** What is counted of an answer. */
interface HttpAnswer {
  readonly data?: readonly { readonly spans?: readonly unknown[] }[]
  readonly summaries?: readonly unknown[]
}
