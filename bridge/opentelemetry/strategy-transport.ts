import type { SamplingStrategy } from '../jaeger-sampling/strategy.ts'

/** Asks a gateway what to sample. */
export interface StrategyTransport {
  /**
   * The strategy of a service.
   *
   * @throws Error for any answer that is none, and none within the time
   */
  ask(
    service: string,
    call: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<SamplingStrategy>
  close(): void
}
