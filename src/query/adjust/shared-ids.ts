import { hexOf } from '../../../bridge/model/identifier.ts'
import { SpanKind } from '../../../bridge/model/span.ts'
import type { TraceIndex } from './trace-index.ts'
import type { TracePlan } from './trace-plan.ts'
import { bytesOfId, hexOfId } from './trace-plan.ts'

/**
 * Plans ids of their own for server spans that share one with their client, as Zipkin's instrumentation
 * has it: the client span becomes their parent, and what was below the shared id is below the server.
 * New ids count up from 1 and skip those that the trace has.
 *
 * Source: jaeger v2.20.0, adjuster/spaniduniquifier.go.
 *
 * @returns the row of each span's parent after it, -1 where it is not in the trace
 */
export function planSharedIds(plan: TracePlan): Int32Array {
  const { index } = plan
  const fresh = new FreshIds(index)
  /** By the first row of a shared id, the row of its first server. */
  const servers = new Map<number, number>()
  const parentOf = new Int32Array(index.count).fill(-1)
  const clients = clientsOf(index)
  for (let row = 0; row < index.count; row++) {
    const first = index.firstOf(row)
    const client = clients[first] as number
    if (client < 0 || index.columns.kind[row] !== SpanKind.server) continue
    const { hex, bytes } = idOf(index, row)
    const id = fresh.next()
    if (!servers.has(first)) servers.set(first, row)
    parentOf[row] = client
    const warning = `span ID ${hex} is shared with the client span; shown as ${id.hex} below it`
    plan.rename(row, { id: id.bytes, parent: bytes, warning })
  }
  for (let row = 0; row < index.count; row++) {
    if (plan.renamed.has(row) || !index.hasParent(row)) continue
    const first = parentRow(index, row)
    const server = servers.get(first)
    parentOf[row] = server ?? first
    const id = server === undefined ? undefined : plan.renamed.get(server)?.id
    if (id === undefined) continue
    const hex = hexOf(id)
    const shared = hexOfId(index.columns.parentHigh[row] ?? 0, index.columns.parentLow[row] ?? 0)
    const warning = `parent span ID ${shared} is shared by two spans; shown below the server span ${hex}`
    plan.rename(row, { parent: id, warning })
  }
  return parentOf
}

function parentRow({ columns, table }: TraceIndex, row: number): number {
  return table.first(columns.parentHigh[row] as number, columns.parentLow[row] as number)
}

/** By the first row of an id, the row of the first client span that has it; -1 where none has. */
function clientsOf(index: TraceIndex): Int32Array {
  const clients = new Int32Array(index.count).fill(-1)
  for (let row = 0; row < index.count; row++) {
    if (index.columns.kind[row] !== SpanKind.client) continue
    const first = index.firstOf(row)
    if ((clients[first] as number) < 0) clients[first] = row
  }
  return clients
}

function idOf({ columns }: TraceIndex, row: number) {
  const high = columns.idHigh[row] as number
  const low = columns.idLow[row] as number
  return { hex: hexOfId(high, low), bytes: bytesOfId(high, low) }
}

/** Ids that no span of a trace has. */
class FreshIds {
  readonly #index: TraceIndex
  #last = 0

  constructor(index: TraceIndex) {
    this.#index = index
  }

  next(): { readonly hex: string; readonly bytes: Uint8Array } {
    do this.#last += 1
    while (this.#index.table.first(0, this.#last) >= 0)
    return { hex: hexOfId(0, this.#last), bytes: bytesOfId(0, this.#last) }
  }
}
