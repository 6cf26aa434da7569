import type { Attributes, Context, SpanContext } from '@opentelemetry/api'
import { context as contexts, isSpanContextValid, trace } from '@opentelemetry/api'
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-base'
import { encodeStrategyJson } from '../jaeger-sampling/encode-json.ts'
import type { SamplingStrategy } from '../jaeger-sampling/strategy.ts'
import { forcedSampling, isSamplingOpen } from '../propagation/forced-sampling.ts'
import { withThreshold } from '../propagation/ot-threshold.ts'
import { suppressTracing } from '../propagation/suppress-tracing.ts'
import { readOtMember } from './ot-member.ts'
import { isKept, randomnessOf } from './probability-threshold.ts'
import type { SamplerLimits } from './sampler-limits.ts'
import { samplerLimits } from './sampler-limits.ts'
import { SamplingRules } from './sampling-rules.ts'
import type { Runtime } from './send-request.ts'
import type { StrategyTransport } from './strategy-transport.ts'

/** What a sampler is made of. */
export interface RemoteSamplerOptions {
  /** The name that strategies know this program by. */
  readonly service: string
  /** Closed by `shutdown`. */
  readonly transport: StrategyTransport
  readonly runtime: Runtime
  /** Until the gateway has answered; a share of 0.001 by default, as in Jaeger's clients. */
  readonly initial?: SamplingStrategy
  /** Limits that differ from `defaultSamplerLimits`. */
  readonly limits?: Partial<SamplerLimits>
  /** Told of each question that got no strategy; what was known before stays in use. */
  readonly onProblem?: (message: string) => void
}

const initialDefault: SamplingStrategy = {
  service: { kind: 'probabilistic', probability: 0.001 },
  operations: undefined,
}

/** Of the SDK, which is not imported for two numbers. */
const Decision = { notRecord: 0, recordAndSampled: 2 } as const
const dropped: SamplingResult = Object.freeze({ decision: Decision.notRecord })
const recorded: SamplingResult = Object.freeze({ decision: Decision.recordAndSampled })

/**
 * OpenTelemetry's `Sampler` for SDK 2.x that keeps what a gateway says, and asks it again and again.
 *
 * A root span is decided by the service's strategy: shares by consistent probability, told to all who come
 * after by `th` in the tracestate, so that a trace kept at 1 % is kept at 10 % wherever samplers do this. A
 * child is as its parent. `sampling.priority` and what headers force comes before both.
 *
 * It begins to ask when it is made. Source: as `SamplingRules`.
 */
export class RemoteSampler implements Sampler {
  readonly #options: RemoteSamplerOptions
  readonly #limits: SamplerLimits
  readonly #ending = new AbortController()
  readonly #asking: Promise<void>
  #strategy: SamplingStrategy | undefined
  #rules: SamplingRules

  /** @throws RangeError for a limit that is no positive number */
  constructor(options: RemoteSamplerOptions) {
    this.#options = options
    this.#limits = samplerLimits(options.limits)
    const { runtime, initial = initialDefault } = options
    this.#rules = new SamplingRules(initial, this.#limits, runtime.nowMs())
    this.#asking = contexts.with(suppressTracing(contexts.active()), () => this.#ask())
  }

  /** What the gateway has said last; undefined before it has. */
  get strategy(): SamplingStrategy | undefined {
    return this.#strategy
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    _kind: unknown,
    attributes: Attributes,
  ): SamplingResult {
    const forced = forcedSampling(context, attributes)
    const parent = trace.getSpanContext(context)
    if (forced !== undefined) return childOf(parent, forced)
    if (parent !== undefined && isSpanContextValid(parent) && !isSamplingOpen(context)) {
      return childOf(parent, (parent.traceFlags & 1) === 1)
    }
    return this.#root(parent, traceId, name)
  }

  toString(): string {
    return `RemoteSampler{${this.#options.service}}`
  }

  /** Asks no more and closes the transport; decisions go on as they are. Safe to call twice. */
  async shutdown(): Promise<void> {
    if (this.#ending.signal.aborted) return
    this.#ending.abort()
    await this.#asking
    this.#options.transport.close()
  }

  #root(parent: SpanContext | undefined, traceId: string, name: string): SamplingResult {
    const state = parent?.traceState
    const { threshold: before, randomness = randomnessOf(traceId) } = readOtMember(state)
    const now = this.#options.runtime.nowMs()
    const { isSampled, threshold, attributes } = this.#rules.decide(name, randomness, now)
    const decision = isSampled ? Decision.recordAndSampled : Decision.notRecord
    if (threshold === undefined && before === undefined) {
      return attributes === undefined ? dropped : { decision, attributes }
    }
    const traceState = withThreshold(state, threshold)
    return attributes === undefined
      ? { decision, traceState }
      : { decision, attributes, traceState }
  }

  async #ask(): Promise<void> {
    const { runtime, service, transport, onProblem } = this.#options
    const { pollMs, retryMs, timeoutMs } = this.#limits
    const { signal } = this.#ending
    let failures = 0
    while (!signal.aborted) {
      try {
        this.#use(await transport.ask(service, { timeoutMs, signal }))
        failures = 0
      } catch (error) {
        failures += 1
        const message = error instanceof Error ? error.message : String(error)
        if (!signal.aborted) onProblem?.(`Cannot learn what to sample: ${message}`)
      }
      const waitMs = failures === 0 ? pollMs : Math.min(pollMs, retryMs * 2 ** (failures - 1))
      // Programs that were started together do not ask together for ever.
      await runtime.sleep(waitMs * (1 - runtime.random() / 10), signal)
    }
  }

  #use(strategy: SamplingStrategy): void {
    const known = this.#strategy
    this.#strategy = strategy
    if (known !== undefined && textOf(known) === textOf(strategy)) return
    const now = this.#options.runtime.nowMs()
    this.#rules = new SamplingRules(strategy, this.#limits, now, this.#rules)
  }
}

/**
 * A span that is decided already. A `th` goes on only where it agrees with the decision; where it does not,
 * nobody knows by which share the trace was kept.
 */
function childOf(parent: SpanContext | undefined, isSampled: boolean): SamplingResult {
  const result = isSampled ? recorded : dropped
  const state = parent?.traceState
  const { threshold, randomness } = readOtMember(state)
  if (parent === undefined || threshold === undefined) return result
  const wasSampled = (parent.traceFlags & 1) === 1
  const isTrue =
    isSampled && wasSampled && isKept(randomness ?? randomnessOf(parent.traceId), threshold)
  return isTrue ? result : { ...result, traceState: withThreshold(state, undefined) }
}

function textOf(strategy: SamplingStrategy): string {
  return encodeStrategyJson(strategy, 'word')
}
