import { performance } from 'node:perf_hooks'
import type { Count, ReasonCount } from '../ports/gateway-status.ts'
import type { NameOfKind } from '../telemetry/metric-table.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Rates, Totals } from '../telemetry/rate-window.ts'

/** What the status tells rates of. */
const counted = [
  'spangate_spans_received_total',
  'spangate_spans_stored_total',
  'spangate_spans_rejected_total',
  'spangate_spans_dropped_total',
  'spangate_spans_expired_total',
  'spangate_requests_refused_total',
  'spangate_messages_given_up_total',
  'spangate_udp_kernel_dropped_total',
  'spangate_client_batches_lost_total',
  'spangate_client_spans_lost_total',
  'spangate_searches_refused_total',
  'spangate_reads_refused_total',
  'spangate_answers_stalled_total',
] as const satisfies readonly NameOfKind<'counter' | 'tally'>[]

/** Counters and times that are in the totals. */
export type CountedName = (typeof counted)[number] | 'cpu_seconds' | 'main_thread_busy_seconds'

/** Totals of this moment: counters by who received and by reason, all other labels added up. */
export function readTotals(
  metrics: Pick<Metrics, 'sums'>,
  calls: () => readonly (readonly [name: string, total: number])[],
): Totals {
  const totals = new Map<string, number>(calls())
  for (const name of counted) {
    for (const { labels, value } of metrics.sums(name)) {
      const key = keyOf(name, labels)
      totals.set(key, (totals.get(key) ?? 0) + value)
    }
  }
  const { user, system } = process.cpuUsage()
  totals.set(keyOf('cpu_seconds', {}), (user + system) / 1e6)
  const { active } = performance.eventLoopUtilization()
  totals.set(keyOf('main_thread_busy_seconds', {}), active / 1e3)
  return totals
}

/** Labels by which counts are told apart; the listener of a datagram is its receiver. */
interface Labels {
  readonly receiver?: string
  readonly listener?: string
  readonly reason?: string
}

function keyOf(name: CountedName, { receiver, listener, reason }: Labels): string {
  return `${name}\n${receiver ?? listener ?? ''}\n${reason ?? ''}`
}

/** Totals with what they grew by of late. */
export class CountTable {
  readonly #entries: readonly Entry[]
  readonly #rates: Rates

  constructor(totals: Totals, rates: Rates) {
    this.#rates = rates
    this.#entries = Array.from(totals, ([key, total]) => {
      const [name = '', receiver = '', reason = ''] = key.split('\n')
      return { key, name, receiver, reason, total }
    })
  }

  /** Of how long the rates are the mean. */
  get rateSeconds(): number {
    return this.#rates.seconds
  }

  /** Names of all receivers that counted anything of this, sorted. */
  receivers(name: CountedName): readonly string[] {
    return [...new Set(this.#of(name).map(({ receiver }) => receiver))].sort()
  }

  /** The sum of a counter, of one receiver or of all, for one reason or for all. */
  count(name: string, labels: Omit<Labels, 'listener'> = {}): Count {
    const counts = this.#of(name, labels).map((entry) => this.#countOf(entry))
    return counts.reduce(added, { total: 0, perSecond: 0 })
  }

  /** The same by reason, those that are most first. */
  byReason(name: CountedName, labels: Omit<Labels, 'listener'> = {}): readonly ReasonCount[] {
    const counts = new Map<string, Count>()
    for (const entry of this.#of(name, labels)) {
      const before = counts.get(entry.reason) ?? { total: 0, perSecond: 0 }
      counts.set(entry.reason, added(before, this.#countOf(entry)))
    }
    return Array.from(counts, ([reason, count]) => ({ reason, ...count })).sort(
      (left, right) => right.total - left.total || (left.reason < right.reason ? -1 : 1),
    )
  }

  #of(name: string, { receiver, reason }: Labels = {}): readonly Entry[] {
    return this.#entries.filter(
      (entry) =>
        entry.name === name &&
        (receiver === undefined || entry.receiver === receiver) &&
        (reason === undefined || entry.reason === reason),
    )
  }

  #countOf({ key, total }: Entry): Count {
    return { total, perSecond: this.#rates.of(key) }
  }
}

interface Entry {
  readonly key: string
  readonly name: string
  readonly receiver: string
  readonly reason: string
  readonly total: number
}

function added(left: Count, right: Count): Count {
  return { total: left.total + right.total, perSecond: left.perSecond + right.perSecond }
}
