import { context } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import { suppressTracing } from '../propagation/suppress-tracing.ts'
import type { EncodedRequest } from './encode-requests.ts'
import { encodeRequests } from './encode-requests.ts'
import type { ExportCounts, ExportLoss } from './export-loss.ts'
import { ExportTally } from './export-tally.ts'
import type { ExporterLimits } from './exporter-limits.ts'
import { exporterLimits } from './exporter-limits.ts'
import type { Runtime, Sent } from './send-request.ts'
import { sendRequest } from './send-request.ts'
import type { SpanTransport } from './span-transport.ts'

/** What an exporter is made of. */
export interface GatewaySpanExporterOptions {
  /** Closed by `shutdown`. */
  readonly transport: SpanTransport
  readonly runtime: Runtime
  /** Limits that differ from `defaultExporterLimits`. */
  readonly limits?: Partial<ExporterLimits>
  /** Told of spans that did not arrive, each once. */
  readonly onLoss?: (loss: ExportLoss) => void
}

type ExportDone = Parameters<SpanExporter['export']>[1]

/** Of @opentelemetry/core, which is not imported for two numbers. */
const ResultCode = { success: 0, failed: 1 } as const

/** A request, and who waits for it. */
interface Job {
  readonly request: EncodedRequest
  /** When it is given up, by the runtime's clock. */
  readonly endMs: number
  /** Called once, with the reason why spans of it are lost as a whole. */
  readonly done: (failure: string | undefined) => void
}

/**
 * OpenTelemetry's `SpanExporter` for SDK 2.x that sends to a gateway.
 *
 * An export succeeds when the gateway has stored its spans. Spans that it rejected were told to
 * `onLoss` and are no failure of the export, as OTLP has it; everything else that is lost fails it.
 * Nothing is traced while it sends.
 *
 * Source: OpenTelemetry specification, trace/sdk.md, Span Exporter.
 */
export class GatewaySpanExporter implements SpanExporter {
  readonly #transport: SpanTransport
  readonly #runtime: Runtime
  readonly #limits: ExporterLimits
  readonly #tally: ExportTally
  readonly #aborter = new AbortController()
  readonly #waiting: Job[] = []
  readonly #pending = new Set<Promise<void>>()
  #underWay = 0
  #queuedBytes = 0
  #shutdown: Promise<void> | undefined

  /** @throws RangeError for a limit that is no positive number */
  constructor({ transport, runtime, limits, onLoss }: GatewaySpanExporterOptions) {
    this.#transport = transport
    this.#runtime = runtime
    this.#limits = exporterLimits(limits)
    this.#tally = new ExportTally(onLoss)
  }

  /** Encodes the spans at once and calls back when each of their requests is settled; never throws. */
  export(spans: readonly ReadableSpan[], done: ExportDone): void {
    this.#tally.exported(spans.length)
    const failures: string[] = []
    const jobs: Promise<void>[] = []
    for (const request of this.#encode(spans, failures)) {
      jobs.push(this.#enqueue(request, failures))
    }
    const settled = Promise.all(jobs).then(() => done(resultOf(failures)))
    // What the callback throws is its own; it must not fail a later forceFlush.
    const pending = settled.catch(() => {}).finally(() => this.#pending.delete(pending))
    this.#pending.add(pending)
  }

  /** Resolves when everything that was exported before is settled; the limits of time bound it. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.#pending)
  }

  /**
   * Takes nothing more, waits for what is under way up to `shutdownTimeoutMs`, then ends it and closes
   * the transport. Safe to call twice.
   */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#stop()
    return this.#shutdown
  }

  /** What became of all spans so far. */
  counts(): ExportCounts {
    return this.#tally.counts()
  }

  async #stop(): Promise<void> {
    const early = new AbortController()
    const late = this.#runtime.sleep(this.#limits.shutdownTimeoutMs, early.signal)
    const flushed = this.forceFlush()
    await Promise.race([late, flushed])
    early.abort()
    this.#aborter.abort()
    await flushed
    await this.#transport.close()
  }

  #encode(spans: readonly ReadableSpan[], failures: string[]): readonly EncodedRequest[] {
    const lose = (reason: 'shut_down' | 'internal', message: string) => {
      if (spans.length > 0) this.#tally.lost({ reason, spans: spans.length, message })
      failures.push(message)
      return []
    }
    if (this.#shutdown !== undefined) {
      return lose('shut_down', 'Cannot export spans: the exporter is shut down')
    }
    try {
      const { requests, refused, lostAttributes } = encodeRequests(spans, this.#limits)
      this.#tally.lostAttributes += lostAttributes
      for (const { reason, message } of refused) {
        this.#tally.lost({ reason, spans: 1, message })
        failures.push(message)
      }
      return requests
    } catch (error) {
      return lose('internal', `Cannot export spans: ${messageOf(error)}`)
    }
  }

  #enqueue(request: EncodedRequest, failures: string[]): Promise<void> {
    const { queueBytesMax } = this.#limits
    const { length } = request.bytes
    if (this.#queuedBytes + length > queueBytesMax) {
      const state = `${this.#queuedBytes} bytes are under way, queueBytesMax is ${queueBytesMax}`
      const message = `Cannot export spans: ${state}`
      this.#tally.lost({ reason: 'queue_full', spans: request.spans, message })
      failures.push(message)
      return Promise.resolve()
    }
    this.#queuedBytes += length
    return new Promise((resolve) => {
      const done = (failure: string | undefined) => {
        this.#queuedBytes -= length
        if (failure !== undefined) failures.push(failure)
        resolve()
      }
      const endMs = this.#runtime.nowMs() + this.#limits.totalTimeoutMs
      this.#waiting.push({ request, endMs, done })
      this.#next()
    })
  }

  #next(): void {
    while (this.#underWay < this.#limits.concurrentMax) {
      const job = this.#waiting.shift()
      if (job === undefined) return
      this.#underWay += 1
      void this.#send(job).then((failure) => {
        this.#underWay -= 1
        job.done(failure)
        this.#next()
      })
    }
  }

  /** Never rejects. @returns why its spans are lost, if they are */
  async #send({ request: { bytes, spans }, endMs }: Job): Promise<string | undefined> {
    const options = {
      transport: this.#transport,
      runtime: this.#runtime,
      limits: this.#limits,
      endMs,
      onRetry: () => {
        this.#tally.retries += 1
      },
    }
    const quiet = suppressTracing(context.active())
    try {
      const sent = await context.with(
        quiet,
        sendRequest,
        undefined,
        bytes,
        options,
        this.#aborter.signal,
      )
      return this.#count(sent, spans)
    } catch (error) {
      return this.#count({ kind: 'lost', reason: 'internal', message: messageOf(error) }, spans)
    }
  }

  #count(sent: Sent | Bug, spans: number): string | undefined {
    if (sent.kind === 'taken') {
      // A server that counts more than it was sent is not believed.
      const rejected = Math.min(Math.max(sent.rejectedSpans, 0), spans)
      this.#tally.taken(spans - rejected)
      const message = `The gateway rejected spans: ${sent.message}`
      if (rejected > 0) this.#tally.lost({ reason: 'rejected', spans: rejected, message })
      return undefined
    }
    const message = `Cannot export spans: ${sent.message}`
    this.#tally.lost({ reason: sent.reason, spans, message })
    return message
  }
}

interface Bug {
  readonly kind: 'lost'
  readonly reason: 'internal'
  readonly message: string
}

function resultOf(failures: readonly string[]): Parameters<ExportDone>[0] {
  const [first] = failures
  if (first === undefined) return { code: ResultCode.success }
  const others = failures.length > 1 ? `, and ${failures.length - 1} more failures` : ''
  return { code: ResultCode.failed, error: new Error(`${first}${others}`) }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
