import type { Timestamp__Output } from '../../proto/gen/google/protobuf/Timestamp.ts'
import type { DependencyLink, DependencyWindow } from '../ports/dependency-store.ts'
import type { SpanStore } from '../ports/span-store.ts'
import { badField } from './bad-field.ts'
import { nanoOfTimestamp } from './read-time.ts'

/**
 * Links between services of a time: rows that were written for it, which a job of Jaeger's does.
 *
 * None where the store keeps no such rows.
 */
export async function findDependencies(
  store: SpanStore,
  tenant: string,
  window: DependencyWindow,
  signal: AbortSignal,
): Promise<readonly DependencyLink[]> {
  // Some stores find it wrong to be asked for no time at all.
  if (window.endMs <= window.startMs) return []
  return (await store.dependencies?.links(tenant, window, signal)) ?? []
}

/**
 * The links that a GetDependencies request of either API asks for.
 *
 * @throws GatewayError 'invalid_argument' unless the end is after the start
 */
export async function dependenciesOf(
  store: SpanStore,
  tenant: string,
  request: {
    readonly startTime: Timestamp__Output | null
    readonly endTime: Timestamp__Output | null
  },
  signal: AbortSignal,
): Promise<readonly DependencyLink[]> {
  const start = nanoOfTimestamp(request.startTime, 'start_time')
  const end = nanoOfTimestamp(request.endTime, 'end_time')
  if (start === undefined) throw badField('start_time', 'is required')
  if (end === undefined) throw badField('end_time', 'is required')
  if (end <= start) throw badField('end_time', 'is not after start_time')
  const window = { startMs: Number(start / nanoPerMs), endMs: Number(end / nanoPerMs) }
  return findDependencies(store, tenant, window, signal)
}

const nanoPerMs = 1_000_000n
