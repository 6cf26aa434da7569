/** An operation whose traces are sampled, with its rate over the time of the experiment. */
export interface SimulatedOperation {
  readonly service: string
  readonly operation: string
  readonly client: ClientKind
  /** What happens to it, for the plot. */
  readonly story: 'steady' | 'step up' | 'step down' | 'burst'
  /** Traces a second, at a second of the experiment. */
  rateAt(second: number): number
}

/**
 * - `jaeger`: sends `sampler.type` and `sampler.param`, and keeps the lower bound
 * - `otel`: an OpenTelemetry SDK with a Jaeger remote sampler, whose spans tell nothing
 * - `consistent`: its spans have `ot=th`
 */
export type ClientKind = 'jaeger' | 'otel' | 'consistent'

/** When things happen, s. */
export const stepAt = 30 * 60
export const burstAt = 60 * 60
export const burstSeconds = 5 * 60
export const leaderDiesAt = 80 * 60
export const endAt = 100 * 60

const kinds: readonly ClientKind[] = ['jaeger', 'otel', 'consistent']
const stories = ['steady', 'step up', 'step down', 'burst'] as const
const operationsPerService = 5

/** So many operations with rates spread evenly over five orders of magnitude: 0.004 to 400 a second. */
export function simulatedOperations(count = 50): SimulatedOperation[] {
  return Array.from({ length: count }, (_, at) => {
    const base = 0.004 * 10 ** ((at * 5) / (count - 1))
    // Both change from one to the next, so that each kind meets all rates and stories.
    const service = at % (count / operationsPerService)
    const story = stories[Math.floor(at / 3) % stories.length] ?? 'steady'
    return {
      service: `service-${service}`,
      operation: `operation-${at}`,
      client: kinds[service % kinds.length] ?? 'jaeger',
      story,
      rateAt: (second) => base * factorAt(story, second),
    }
  })
}

function factorAt(story: SimulatedOperation['story'], second: number): number {
  if (story === 'step up') return second >= stepAt ? 10 : 1
  if (story === 'step down') return second >= stepAt ? 0.1 : 1
  const isBurst = second >= burstAt && second < burstAt + burstSeconds
  return story === 'burst' && isBurst ? 30 : 1
}
