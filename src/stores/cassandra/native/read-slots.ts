import type { ClusterSession } from '../cluster-session.ts'
import { bound } from '../statement.ts'
import type { SlotRow } from './slot-blocks.ts'
import { selectSlots } from './statements/select-slots.ts'

/** Which slots of a tenant are looked for. */
export interface SlotWindow {
  /** Of indexed starts, µs; `max` is not in it. */
  readonly minMicros: number
  readonly maxMicros: number
  readonly keptSinceUnixMs: number
  readonly nowUnixMs: number
}

const dayMs = 86_400_000
const hourMs = 3_600_000

/**
 * The slots that may have spans of a window. No indexed start is later than an hour after its span's
 * arrival, so that later arrivals alone can be in it; a process whose clock is a day ahead is seen too.
 */
export async function readSlots(
  session: ClusterSession,
  tenant: string,
  window: SlotWindow,
): Promise<readonly SlotRow[]> {
  const { minMicros, maxMicros, keptSinceUnixMs, nowUnixMs } = window
  const first = Math.floor(Math.max(minMicros / 1000 - hourMs, keptSinceUnixMs) / dayMs)
  const last = Math.floor(nowUnixMs / dayMs) + 1
  const days = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
  const slots = await Promise.all(days.map((day) => readDay(session, tenant, day)))
  return slots
    .flat()
    .filter((row) => row.maxMicros === undefined || row.maxMicros >= minMicros)
    .filter((row) => row.minMicros === undefined || row.minMicros < maxMicros)
}

interface SlotOfDay extends SlotRow {
  readonly minMicros: number | undefined
}

async function readDay(
  session: ClusterSession,
  tenant: string,
  day: number,
): Promise<readonly SlotOfDay[]> {
  const rows = await session.all('Cannot search', bound(selectSlots, tenant, day))
  return rows.map((row) => ({
    slot: row['slot'],
    minMicros: numberOf(row['min_micros']),
    maxMicros: numberOf(row['max_micros']),
    tailDone: row['tail_done'] ?? 0,
  }))
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'bigint' ? Number(value) : undefined
}
