import type { OperationCounts } from '../../src/sampling/adaptive/operation-counts.ts'
import { Chance } from './chance.ts'
import { SimulatedClient } from './simulated-client.ts'
import type { SimulatedOperation } from './world.ts'
import { endAt, leaderDiesAt } from './world.ts'

/** What gateways have observed, with the probabilities that spans told, as texts of six decimals. */
export interface ObservedOperation extends OperationCounts {
  readonly probabilities: ReadonlySet<string>
}

/** What calculates probabilities: `ExposureModel`, or another. */
export interface Algorithm {
  probabilityOf(service: string, operation: string): number
  probabilities(): Iterable<{
    readonly service: string
    readonly operation: string
    readonly probability: number
  }>
  restore(
    probabilities: Iterable<{
      readonly service: string
      readonly operation: string
      readonly probability: number
    }>,
  ): void
  advance(throughput: Iterable<ObservedOperation>, seconds: number): void
}

/** How an experiment is set up. */
export interface Experiment {
  readonly operations: readonly SimulatedOperation[]
  readonly seed: number
  readonly intervalSeconds: number
  readonly lowerBoundPerSecond: number
  /** Whether the leader is killed on the way; another one begins with what it has stored. */
  readonly leaderDies: boolean
  /** Whether gateways read the probability in `ot=th`. */
  readonly readsThreshold: boolean
  create(): Algorithm
}

/** Traces of one operation in one minute. */
export interface Minute {
  readonly traces: number
  readonly kept: number
}

const gateways = 3
const clientsPerService = 8
/** From the end of an interval until the rows of all gateways are there, s. */
const rowsLateSeconds = 3
/** A gateway that does not lead looks for new probabilities this often, s. */
const reloadSeconds = 5
/** Until a lease that nobody renews has run out, s: `sampling.adaptive.lease`. */
const leaseSeconds = 20

/** Runs it second by second. @returns the minutes of each operation, in the order of operations */
export function simulate(experiment: Experiment): readonly (readonly Minute[])[] {
  const { operations, seed, intervalSeconds, lowerBoundPerSecond } = experiment
  const chance = new Chance(seed)
  const services = servicesOf(operations, chance)
  const counters = Array.from({ length: gateways }, () => new Counter(experiment.readsThreshold))
  // Each gateway ends its intervals by its own clock.
  const offsets = counters.map((_, at) => at * Math.floor(intervalSeconds / gateways))
  const minutes = operations.map(() => [] as { traces: number; kept: number }[])
  let algorithm = experiment.create()
  let rows: ObservedOperation[] = []
  let stored = new Map<string, number>()
  const loaded = counters.map(() => new Map<string, number>())
  let leaderless = 0
  let advancedAt = rowsLateSeconds - intervalSeconds
  for (let second = 0; second < endAt; second++) {
    if (experiment.leaderDies && second === leaderDiesAt) {
      leaderless = leaseSeconds
      const known = [...algorithm.probabilities()]
      algorithm = experiment.create()
      algorithm.restore(known)
    }
    for (const [at, counter] of counters.entries()) {
      if ((second - (offsets[at] ?? 0)) % intervalSeconds === 0) rows.push(...counter.take())
    }
    leaderless -= 1
    if (second % intervalSeconds === rowsLateSeconds && leaderless < 0) {
      algorithm.advance(rows, second - advancedAt)
      advancedAt = second
      rows = []
      stored = new Map()
      for (const { service, operation, probability } of algorithm.probabilities()) {
        stored.set(operation === '' ? `${service} ` : operation, probability)
      }
    }
    for (const [at] of counters.entries()) {
      if (second % reloadSeconds === at) loaded[at] = stored
    }
    for (const { clients, members } of services) {
      for (const client of clients) {
        const gateway = chance.below(gateways)
        const asked = loaded[gateway] ?? stored
        const isAsking = client.poll(
          second,
          members.map(({ simulated }) => simulated),
          {
            lowerBoundPerSecond,
            probabilityOf: (service, operation) =>
              asked.get(operation) ?? asked.get(`${service} `) ?? 0.001,
          },
        )
        if (isAsking) counters[gateway]?.know(members[0]?.simulated.service ?? '')
      }
      for (const { simulated, at } of members) {
        const minute = minuteOf(minutes[at] ?? [], second)
        for (const client of clients) {
          const traces = chance.poisson(simulated.rateAt(second) / clients.length)
          if (traces === 0) continue
          const kept = client.sample(simulated.operation, traces, chance)
          counters[chance.below(gateways)]?.add(simulated, kept)
          minute.traces += traces
          minute.kept += kept.byProbability + kept.byLowerBound
        }
      }
    }
  }
  return minutes
}

function minuteOf(minutes: { traces: number; kept: number }[], second: number) {
  const at = Math.floor(second / 60)
  const minute = minutes[at] ?? { traces: 0, kept: 0 }
  minutes[at] = minute
  return minute
}

function servicesOf(operations: readonly SimulatedOperation[], chance: Chance) {
  const members = new Map<string, { simulated: SimulatedOperation; at: number }[]>()
  for (const [at, simulated] of operations.entries()) {
    const others = members.get(simulated.service) ?? []
    members.set(simulated.service, [...others, { simulated, at }])
  }
  return [...members.values()].map((ofService) => ({
    members: ofService,
    clients: Array.from(
      { length: clientsPerService },
      () => new SimulatedClient(ofService[0]?.simulated.client ?? 'jaeger', chance),
    ),
  }))
}

type Row = { -readonly [Key in keyof OperationCounts]: OperationCounts[Key] } & {
  readonly probabilities: Set<string>
}

/** What one gateway has observed since it wrote its rows. */
class Counter {
  readonly #readsThreshold: boolean
  #rows = new Map<string, Row>()

  constructor(readsThreshold: boolean) {
    this.#readsThreshold = readsThreshold
  }

  add(
    { service, operation, client }: SimulatedOperation,
    kept: ReturnType<SimulatedClient['sample']>,
  ): void {
    const { byProbability, probability, byLowerBound } = kept
    if (byProbability + byLowerBound === 0) return
    const row = this.#rows.get(operation) ?? {
      ...{ service, operation, kept: 0, represented: 0, unmarked: 0, forced: 0 },
      probabilities: new Set<string>(),
    }
    const isMarked = client === 'jaeger' || (client === 'consistent' && this.#readsThreshold)
    if (!isMarked) row.unmarked += byProbability
    else {
      row.kept += byProbability
      row.represented += byProbability / probability
      row.forced += byLowerBound
      row.probabilities.add(probability.toFixed(6))
    }
    this.#rows.set(operation, row)
  }

  know(service: string): void {
    this.#rows.set(`${service} `, {
      ...{ service, operation: '', kept: 0, represented: 0, unmarked: 0, forced: 0 },
      probabilities: new Set(),
    })
  }

  take(): ObservedOperation[] {
    const rows = [...this.#rows.values()]
    this.#rows = new Map()
    return rows
  }
}
