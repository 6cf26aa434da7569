import type { CallsHealth } from '../ports/gateway-status.ts'
import type { StoreFacts } from '../ports/store-facts.ts'
import type { NameOfKind } from '../telemetry/metric-table.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** The store, as far as metrics show it. */
export interface ObservedStore {
  /** Undefined where it tells nothing at the moment. */
  facts(): Promise<StoreFacts | undefined>
  readonly writes: { readonly health: CallsHealth }
  readonly reads: { readonly health: CallsHealth }
}

/** Shows whether the store does what it is asked, and how much it keeps, to who looks at the metrics. */
export function observeStore(
  metrics: Pick<Metrics, 'observe' | 'observeLater'>,
  { facts, writes, reads }: ObservedStore,
): void {
  metrics.observe('spangate_store_failing', () =>
    Object.entries({ writes, reads }).map(([calls, { health }]) => ({
      value: health.state === 'failing' ? 1 : 0,
      labels: { calls },
    })),
  )
  for (const [name, read] of Object.entries(amounts) as [AmountName, ReadAmount][]) {
    metrics.observeLater(name, async () => {
      const value = read((await facts()) ?? {})
      return value === undefined ? [] : [{ value, labels: {} }]
    })
  }
  metrics.observeLater('spangate_store_nodes', async () => {
    const { details } = (await facts()) ?? {}
    if (details?.kind !== 'cassandra') return []
    const up = details.nodes.filter(({ isUp }) => isUp).length
    return [
      { value: up, labels: { state: 'up' } },
      { value: details.nodes.length - up, labels: { state: 'down' } },
    ]
  })
}

type ReadAmount = (facts: StoreFacts) => number | undefined
type AmountName = Extract<
  NameOfKind<'list'>,
  | `spangate_store_${string}_bytes`
  | 'spangate_store_spans'
  | 'spangate_store_damaged_files'
  | 'spangate_store_oldest_arrival_seconds'
>

const amounts: Readonly<Record<AmountName, ReadAmount>> = {
  spangate_store_size_bytes: (facts) => ownFiles(facts)?.sizeBytes,
  spangate_store_size_max_bytes: (facts) => ownFiles(facts)?.bytesMax,
  spangate_store_archive_bytes: (facts) => ownFiles(facts)?.archiveBytes,
  spangate_store_spans: (facts) => ownFiles(facts)?.spanCount,
  spangate_store_disk_free_bytes: ({ details }) =>
    details?.kind === 'sqlite' ? details.freeBytes : undefined,
  spangate_store_damaged_files: ({ details }) =>
    details?.kind === 'sqlite' ? details.damagedFileCount : undefined,
  spangate_store_oldest_arrival_seconds: ({ oldestArrivalUnixMs }) =>
    oldestArrivalUnixMs === undefined ? undefined : oldestArrivalUnixMs / 1000,
}

/** What is kept by this process itself. */
function ownFiles({ details }: StoreFacts) {
  return details?.kind === 'cassandra' ? undefined : details
}
