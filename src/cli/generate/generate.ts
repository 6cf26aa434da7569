import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@grpc/grpc-js'
import { Metadata, status } from '@grpc/grpc-js'
import type { SpanGroup } from '../../../bridge/model/span.ts'
import { encodeGroups } from '../../../bridge/otlp/encode-groups.ts'
import { WireReader } from '../../../bridge/wire/reader.ts'
import { asBytes, createClient, explain, isServiceError } from '../endpoint.ts'
import { createRandom } from './random.ts'
import { shopTrace } from './shop.ts'

/** What to send, where to, and how fast. */
export interface GenerateOptions {
  /** `host:port` of an OTLP gRPC receiver. */
  readonly endpoint: string
  /** Traces a second. */
  readonly rate: number
  readonly durationMs: number
  readonly seed: number
  /** Ends early, after what is under way, when it aborts. */
  readonly signal: AbortSignal
  /** One line of progress, without line end. */
  readonly progress: (line: string) => void
}

/** What became of the traces. */
export interface Generated {
  readonly traces: number
  readonly spans: number
  /** Spans that the receiver refused by partial success. */
  readonly rejected: number
  /** Spans of requests that failed. */
  readonly failed: number
  /** Why the last request failed. */
  readonly problem: string | undefined
}

const tickMs = 100
const attemptsMax = 5
/** Requests under way at once; more would hide a receiver that is too slow. */
const underWayMax = 16

/** Sends sample traces at a steady rate and waits for every answer. */
export async function generate(options: GenerateOptions): Promise<Generated> {
  const sender = new Sender(options)
  const startMs = performance.now()
  let sent = 0
  let shownMs = startMs
  for (;;) {
    const passedMs = Math.min(performance.now() - startMs, options.durationMs)
    const due = Math.floor((passedMs / 1000) * options.rate) - sent
    if (due > 0) await sender.send(due)
    sent += Math.max(due, 0)
    if (performance.now() - shownMs >= 1000) {
      shownMs = performance.now()
      options.progress(progressLine(passedMs, sender.result()))
    }
    if (passedMs >= options.durationMs || options.signal.aborted) break
    await sleep(tickMs)
  }
  await sender.finish()
  options.progress(progressLine(performance.now() - startMs, sender.result()))
  return sender.result()
}

class Sender {
  readonly #client: Client
  readonly #options: GenerateOptions
  readonly #random: ReturnType<typeof createRandom>
  readonly #underWay = new Set<Promise<void>>()
  #traces = 0
  #spans = 0
  #rejected = 0
  #failed = 0
  #problem: string | undefined

  constructor(options: GenerateOptions) {
    this.#options = options
    this.#client = createClient(options.endpoint)
    this.#random = createRandom(options.seed)
  }

  result(): Generated {
    const [traces, spans] = [this.#traces, this.#spans]
    return { traces, spans, rejected: this.#rejected, failed: this.#failed, problem: this.#problem }
  }

  /** Sends so many traces that end now, in requests of about 500 spans. */
  async send(traces: number): Promise<void> {
    let groups: SpanGroup[] = []
    let spans = 0
    for (let index = 0; index < traces; index++) {
      const trace = shopTrace(this.#random, BigInt(Date.now()) * 1_000_000n)
      groups.push(...trace.groups)
      spans += trace.spanCount
      this.#traces += 1
      if (spans < 500 && index < traces - 1) continue
      await this.#start(encodeGroups(groups), spans)
      groups = []
      spans = 0
    }
  }

  async finish(): Promise<void> {
    await Promise.all(this.#underWay)
    this.#client.close()
  }

  async #start(request: Uint8Array, spans: number): Promise<void> {
    while (this.#underWay.size >= underWayMax) await Promise.race(this.#underWay)
    const work = this.#deliver(request, spans).finally(() => this.#underWay.delete(work))
    this.#underWay.add(work)
  }

  async #deliver(request: Uint8Array, spans: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const rejected = await this.#export(request)
        this.#spans += spans
        this.#rejected += rejected
        return
      } catch (error) {
        const again = isServiceError(error) && error.code === status.UNAVAILABLE
        if (again && attempt < attemptsMax && !this.#options.signal.aborted) {
          await sleep(200 * 2 ** attempt)
          continue
        }
        this.#failed += spans
        this.#problem = explain(error, this.#options.endpoint)
        return
      }
    }
  }

  /** One Export call; answers how many spans were refused. */
  #export(request: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        asBytes,
        (response) => response,
        request,
        new Metadata(),
        { deadline: Date.now() + 10_000 },
        (error, response) => {
          if (error !== null) reject(error)
          else resolve(response === undefined ? 0 : rejectedSpans(response))
        },
      )
    })
  }
}

/** ExportTraceServiceResponse { 1 partial_success { 1 rejected_spans int64 } }. */
function rejectedSpans(response: Uint8Array): number {
  const outer = new WireReader(response)
  while (outer.more()) {
    const tag = outer.tag()
    if (tag !== 0x0a) {
      outer.skip(tag)
      continue
    }
    const inner = new WireReader(outer.slice())
    while (inner.more()) {
      const field = inner.tag()
      if (field === 0x08) return Number(inner.int64())
      inner.skip(field)
    }
  }
  return 0
}

function progressLine(passedMs: number, result: Generated): string {
  const count = (value: number): string => value.toLocaleString('en-US')
  const lost = result.rejected + result.failed
  const stored = `${count(result.traces)} traces, ${count(result.spans - result.rejected)} spans stored`
  return `${(passedMs / 1000).toFixed(1)} s: ${stored}${lost === 0 ? '' : `, ${count(lost)} refused`}`
}
