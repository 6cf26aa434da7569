import { pino } from 'pino'
import { defaultParameters } from '../../../bench/convergence/default-parameters.ts'
import type { SamplingKind, SamplingStore } from '../../../src/ports/sampling-store.ts'
import { AdaptiveStrategies } from '../../../src/sampling/adaptive/adaptive-strategies.ts'
import type { KeptBy } from '../../../src/sampling/adaptive/throughput.ts'
import { MemorySamplingStore } from '../../../src/stores/memory/memory-sampling-store.ts'

/** The defaults, with few places. */
export const parameters = { ...defaultParameters(), servicesMax: 10, operationsMax: 3 }
export const { leaseMs } = parameters
export const intervalMs = parameters.intervalSeconds * 1000
/** Until what is counted in the first interval has been calculated, and everybody knows. */
export const firstMs = intervalMs + 12_000

/** Gateways that share a store, each with a clock of its own, and what happened to them. */
export class Cluster {
  nowMs = 0
  readonly counted: Record<string, number> = {}
  readonly memory = new MemorySamplingStore(true, () => this.nowMs)
  /** Documents that were stored, by kind. */
  readonly stored: Partial<Record<SamplingKind, number>> = {}
  /** False where there is one gateway at a time, as in a directory. */
  readonly #isShared: boolean
  /** Thrown by the store while it is there. */
  failure: Error | undefined
  /** Documents of these kinds cannot be stored. */
  readonly unwritable = new Set<SamplingKind>()
  /** Messages of the log. */
  readonly logged: string[] = []
  readonly gateways: AdaptiveStrategies[] = []

  constructor(isShared = true) {
    this.#isShared = isShared
  }

  /** @param skewMs how far its clock is ahead @param drift by how much it is too fast */
  add(others: Partial<typeof parameters> = {}, skewMs = 0, drift = 1): AdaptiveStrategies {
    const add = (name: string, value: number, labels: Readonly<Record<string, string>>) => {
      const key = `${name} ${Object.values(labels).join()}`
      this.counted[key] = (this.counted[key] ?? 0) + value
    }
    const metrics = {
      add,
      adder: (name: string, labels: Readonly<Record<string, string>>) => (value: number) =>
        add(name, value, labels),
      observe: () => {},
    }
    const gateway = new AdaptiveStrategies({
      ...parameters,
      ...others,
      store: this.#store(),
      metrics,
      logger: pino(
        { base: null, timestamp: false },
        { write: (line: string) => this.logged.push(JSON.parse(line).msg) },
      ),
      now: () => skewMs + this.nowMs * drift,
    })
    this.gateways.push(gateway)
    return gateway
  }

  /** It is gone without a word. */
  kill(gateway: AdaptiveStrategies): void {
    this.gateways.splice(this.gateways.indexOf(gateway), 1)
  }

  /** Lets time go by, second by second. */
  async pass(ms: number, each: (second: number) => void = () => {}): Promise<void> {
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs; ) {
      this.nowMs += 1000
      each(this.nowMs / 1000)
      for (const gateway of this.gateways) {
        if (this.nowMs % (leaseMs / 4) === 0) await gateway.ask()
        await gateway.step()
      }
    }
  }

  #store(): SamplingStore {
    const { memory } = this
    const asked = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
      if (this.failure !== undefined) throw this.failure
      return ask()
    }
    return {
      isKept: true,
      isShared: this.#isShared,
      put: (document) =>
        asked(async () => {
          if (this.unwritable.has(document.kind)) throw new Error('not stored')
          await memory.put(document)
          this.stored[document.kind] = (this.stored[document.kind] ?? 0) + 1
        }),
      versions: (kind) => asked(() => memory.versions(kind)),
      get: (...ref) => asked(() => memory.get(...ref)),
      lease: (...lease) => asked(() => memory.lease(...lease)),
      release: (holder) => asked(() => memory.release(holder)),
      close: async () => {},
    }
  }
}

/** Kept by a share. */
export const keptBy = (probability: number): KeptBy => ({ kind: 'share', probability })

/** Root spans of `cart`. */
export function observe(
  gateway: AdaptiveStrategies,
  times: number,
  by: KeptBy | undefined,
  operation = 'pay',
): void {
  for (let at = 0; at < times; at++) gateway.observe('cart', operation, by)
}

/** What is told of an operation of `cart`; NaN where nothing is. */
export function share(gateway: AdaptiveStrategies, operation = 'pay'): number {
  const listed = gateway.current.byService.get('cart')?.operations?.listed
  return listed?.find((one) => one.operation === operation)?.probability ?? Number.NaN
}

/** Within one percent. */
export function isNear(actual: number, expected: number): boolean {
  return Math.abs(actual / expected - 1) < 0.01
}
