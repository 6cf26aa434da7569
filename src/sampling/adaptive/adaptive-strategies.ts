import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { OperationRule, SamplingStrategy } from '../../../bridge/jaeger-sampling/strategy.ts'
import type { SamplingStore } from '../../ports/sampling-store.ts'
import type {
  SampledOperation,
  SamplingFailure,
  SamplingStatus,
  SamplingView,
} from '../../ports/sampling-view.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { Busiest } from '../busiest.ts'
import { givingWay } from '../give-way.ts'
import type { ServedStrategies, StrategySource } from '../strategies.ts'
import { CountsSender } from './counts-sender.ts'
import { ExposureModel } from './exposure-model.ts'
import type { ExposureParameters } from './exposure-parameters.ts'
import { Lease } from './lease.ts'
import { observeAdaptive } from './observe-adaptive.ts'
import type { RootObserver } from './observe-roots.ts'
import { OperationTable } from './operation-table.ts'
import { ShareFollower } from './share-follower.ts'
import { ShareLeader } from './share-leader.ts'
import type { KeptBy } from './throughput.ts'
import { Throughput } from './throughput.ts'

/** What adaptive strategies are made of. */
export interface AdaptiveOptions extends ExposureParameters {
  readonly store: SamplingStore
  /** What has been counted waits so long before it counts. */
  readonly delayMs: number
  /** A leader that is gone is followed by another one after so long. */
  readonly leaseMs: number
  /** Traces a second of each operation and process that clients keep whatever the share. */
  readonly lowerBoundPerSecond: number
  /** The busiest operations have metrics of their own, so many. */
  readonly metricOperationsMax: number
  readonly metrics: Pick<Metrics, 'add' | 'adder' | 'observe'>
  readonly logger: Logger
  /** A monotonic clock, ms; the process's. */
  readonly now?: () => number
}

/** Why a root span was kept, as the metrics say it. */
type RootLabel = KeptBy['kind'] | 'untold' | 'not_counted'

/** Of an operation: 36 in the model, 10 of its counts, and its name with where it is. */
const operationBytes = 84

/** How often the store is looked at, in parts of an interval. */
const stepsPerInterval = 15
/** Followers look for new shares so often. */
const looksPerInterval = 3
/** A lease is asked for so often while it lasts. */
const asksPerLease = 4

/**
 * Strategies that follow what is observed: of each operation so many traces a second, of all processes together.
 * Each counts; one of them, by a lease, calculates; the others take over what it has calculated. While the store
 * is away everybody keeps the last shares.
 */
export class AdaptiveStrategies implements StrategySource, SamplingView {
  readonly #options: AdaptiveOptions
  readonly #now: () => number
  readonly #table: OperationTable
  readonly #throughput: Throughput
  readonly #model: ExposureModel
  readonly #sender: CountsSender
  readonly #lease: Lease
  readonly #follower: ShareFollower
  /** Whether no other process counts: what this one does needs no document. */
  readonly #isAlone: boolean
  readonly #self = { id: randomUUID(), process: `${hostname()}:${process.pid}` }
  #leader: ShareLeader | undefined
  /** In which it leads. */
  #term = 0
  /** What the last one has taken, which is in the model. */
  #taken: ReadonlyMap<string, number> = new Map()
  #current: ServedStrategies
  readonly #countRoots: Readonly<Record<RootLabel, (count: number) => void>>
  /** For the metrics. */
  #busiest: readonly SampledOperation[] = []
  #changedMs: number | undefined
  #lookedMs = Number.NEGATIVE_INFINITY
  #timers: readonly NodeJS.Timeout[] = []
  #running: Promise<void> | undefined
  #asking: Promise<void> | undefined
  /** What the store could not do when it was asked last. */
  readonly #failing = new Set<string>()
  #succeededUnixMs: number | undefined
  #failure: SamplingFailure | undefined
  #closed: Promise<void> | undefined

  /** Begins with the shares that are stored, if the store is there, and goes on by timers until it is closed. */
  static async open(options: AdaptiveOptions): Promise<AdaptiveStrategies> {
    const strategies = new AdaptiveStrategies(options)
    await strategies.ask()
    await strategies.step()
    strategies.#start()
    return strategies
  }

  /** Without timers: the caller calls `ask` and `step`. */
  constructor(options: AdaptiveOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    const { store, metrics, servicesMax, intervalSeconds, leaseMs } = options
    this.#table = new OperationTable(options)
    this.#throughput = new Throughput(this.#table, servicesMax)
    this.#model = new ExposureModel(options, this.#table)
    const intervalMs = intervalSeconds * 1000
    const counted = { store, table: this.#table, throughput: this.#throughput, intervalMs }
    this.#sender = new CountsSender({ ...counted, id: this.#self.id }, this.#now())
    this.#isAlone = !store.isShared && options.delayMs === 0
    this.#lease = new Lease(store, this.#self, leaseMs)
    this.#follower = new ShareFollower(store, this.#model, (shard, err) => {
      options.logger.warn({ err, shard }, 'shares cannot be read, those before them stay')
    })
    this.#current = this.#served()
    const counterOf = (label: RootLabel) =>
      metrics.adder('spangate_sampling_roots_total', { kept_by: label })
    this.#countRoots = {
      share: counterOf('share'),
      other: counterOf('other'),
      untold: counterOf('untold'),
      not_counted: counterOf('not_counted'),
    }
    observeAdaptive(
      metrics,
      () => this.status(),
      () => this.#busiest,
    )
  }

  get current(): ServedStrategies {
    return this.#current
  }

  /** Counts a root span. */
  readonly observe: RootObserver = (service, operation, keptBy) => {
    const isCounted = this.#throughput.observe(service, operation, keptBy)
    this.#countRoots[isCounted ? (keptBy?.kind ?? 'untold') : 'not_counted'](1)
  }

  /** Notes that a service asks. */
  asked(service: string): void {
    if (service !== '') this.#throughput.know(service)
  }

  /** About what operations take, outside of V8's heap. */
  keptBytes(): number {
    return this.#table.rowCount * operationBytes
  }

  status(): SamplingStatus {
    const nowMs = this.#now()
    const { targetPerSecond, intervalSeconds } = this.#options
    const holder = this.#lease.holder(nowMs)
    const sinceChangeMs = this.#changedMs === undefined ? undefined : nowMs - this.#changedMs
    return {
      mode: 'adaptive',
      location: undefined,
      changedUnixMs: sinceChangeMs === undefined ? undefined : Date.now() - sinceChangeMs,
      succeededUnixMs: this.#succeededUnixMs,
      failure: this.#failure && { ...this.#failure, isOver: this.#failing.size === 0 },
      services: this.#table.serviceCount,
      operations: this.#model.operationCount,
      adaptive: {
        targetPerSecond,
        intervalMs: intervalSeconds * 1000,
        leader: holder?.process,
        isLeader: this.#lease.isHeld(nowMs),
        leaseMs: Math.max(0, this.#lease.knownUntilMs - nowMs),
        receivers: this.#leader?.receiverCount(nowMs),
        sinceChangeMs,
      },
    }
  }

  async busiest(service: string | undefined, count: number): Promise<readonly SampledOperation[]> {
    const busiest = new Busiest(count)
    const only = service === undefined ? undefined : this.#table.service(service)
    if (service !== undefined && only === undefined) return []
    const services = only === undefined ? this.#table.services() : [only]
    await givingWay(services, (rows) => {
      for (const one of this.#model.sharesOf(rows, busiest.leastPerSecond)) busiest.add(one)
    })
    return busiest.finish()
  }

  /** Takes the lease, renews it, or learns who has it; a timer does it. */
  async ask(): Promise<void> {
    await this.#attempt('lease', () => this.#lease.refresh(this.#now()))
  }

  /** Sends what was counted when it is time, then leads or follows; a timer does it. */
  async step(): Promise<void> {
    const nowMs = this.#now()
    const isSending = !this.#isAlone && this.#sender.isDue(nowMs)
    if (isSending) await this.#attempt('counts', () => this.#sender.send(nowMs))
    if (this.#lease.isHeld(nowMs)) {
      this.#failing.delete('follow')
      await this.#attempt('lead', () => this.#lead(nowMs))
      return
    }
    this.#endLeading()
    const everyMs = (this.#options.intervalSeconds * 1000) / looksPerInterval
    if (nowMs - this.#lookedMs < everyMs) return
    this.#lookedMs = nowMs
    await this.#attempt('follow', () => this.#follow(nowMs))
  }

  /** Stores what was counted, lets another process lead, and ends; safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.#running
    await this.#asking
    // For whoever leads next.
    const isOfUse = this.#options.store.isKept
    if (isOfUse) await this.#attempt('counts', () => this.#sender.send(this.#now()))
    await this.#attempt('lease', () => this.#lease.release())
    await this.#options.store.close()
  }

  #start(): void {
    const { intervalSeconds, leaseMs } = this.#options
    const stepMs = Math.max(20, (intervalSeconds * 1000) / stepsPerInterval)
    const step = setInterval(() => {
      this.#running ??= this.step().finally(() => {
        this.#running = undefined
      })
    }, stepMs)
    const ask = setInterval(() => {
      this.#asking ??= this.ask().finally(() => {
        this.#asking = undefined
      })
    }, leaseMs / asksPerLease)
    this.#timers = [step.unref(), ask.unref()]
  }

  async #lead(nowMs: number): Promise<void> {
    if (this.#term !== this.#lease.term) this.#endLeading()
    this.#term = this.#lease.term
    if (this.#leader === undefined) {
      await this.#follow(nowMs)
      const { store, delayMs, intervalSeconds } = this.#options
      const leading = { store, table: this.#table, model: this.#model, delayMs }
      this.#leader = await ShareLeader.begin(
        {
          ...leading,
          intervalMs: intervalSeconds * 1000,
          mayLead: () => this.#lease.isHeld(this.#now()),
          own: this.#isAlone ? { sender: this.#sender, throughput: this.#throughput } : undefined,
          taken: this.#taken,
          onStored: (shard, version) => this.#follower.know(shard, version),
          onBadCounts: (process, err) => {
            this.#options.logger.warn({ err, process }, 'counts of a process cannot be read')
          },
          onBadState: (err) => {
            this.#options.logger.warn({ err }, 'what was taken cannot be read, it may count twice')
          },
        },
        nowMs,
      )
      this.#options.logger.info('calculates shares for all')
    }
    if (await this.#leader.step(nowMs)) await this.#change(nowMs)
    await this.#leader.store(nowMs)
  }

  #endLeading(): void {
    this.#failing.delete('lead')
    this.#taken = this.#leader?.taken ?? this.#taken
    this.#leader = undefined
  }

  async #follow(nowMs: number): Promise<void> {
    if (await this.#follower.step()) await this.#change(nowMs)
  }

  async #change(nowMs: number): Promise<void> {
    this.#changedMs = nowMs
    this.#current = this.#served()
    this.#busiest = await this.busiest(undefined, this.#options.metricOperationsMax)
  }

  /** Whatever the store cannot do now it may do at the next step; of each action it is told once. */
  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    const { logger, metrics } = this.#options
    try {
      await work()
      this.#succeededUnixMs = Date.now()
      if (this.#failing.delete(what)) logger.info({ what }, 'sampling store is back')
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#failure = { message, unixMs: Date.now(), isOver: false }
      metrics.add('spangate_sampling_store_failures_total', 1, { action: what })
      if (this.#failing.has(what)) return
      this.#failing.add(what)
      logger.warn({ err: error, what }, 'sampling store fails, the last shares stay')
    }
  }

  /** Made anew whenever shares change; strategies are made when somebody asks for them. */
  #served(): ServedStrategies {
    const { initialProbability } = this.#options
    const table = this.#table
    const of = (service: string): SamplingStrategy | undefined => {
      const rows = table.service(service)
      if (rows === undefined) return undefined
      const { listed, others = initialProbability } = this.#model.rulesOf(rows)
      return this.#strategyOf(listed, others)
    }
    return {
      byService: {
        has: (service) => table.service(service) !== undefined,
        get: of,
        get size() {
          return table.serviceCount
        },
      },
      byDefault: this.#strategyOf([], initialProbability),
    }
  }

  /** Services without shares get an empty list, so that their clients keep rare operations too. */
  #strategyOf(listed: readonly OperationRule[], probability: number): SamplingStrategy {
    return {
      service: { kind: 'probabilistic', probability },
      operations: {
        defaultProbability: probability,
        lowerBoundPerSecond: this.#options.lowerBoundPerSecond,
        upperBoundPerSecond: 0,
        listed,
      },
    }
  }
}
