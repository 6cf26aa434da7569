import type { Timestamp__Output } from '../../proto/gen/google/protobuf/Timestamp.ts'
import { badField } from './bad-field.ts'
import { nanoOfTimestamp } from './read-time.ts'

/** How often one service called another. */
export interface DependencyLink {
  readonly parent: string
  readonly child: string
  readonly callCount: number
}

/**
 * Links between services of a time.
 *
 * None: links are rows that a job of Jaeger's has written, and no store here has such rows.
 */
export function findDependencies(_window: {
  readonly startMs: number
  readonly endMs: number
}): readonly DependencyLink[] {
  return []
}

/**
 * The links that a GetDependencies request of either API asks for.
 *
 * @throws GatewayError 'invalid_argument' unless the end is after the start
 */
export function dependenciesOf(request: {
  readonly startTime: Timestamp__Output | null
  readonly endTime: Timestamp__Output | null
}): readonly DependencyLink[] {
  const start = nanoOfTimestamp(request.startTime, 'start_time')
  const end = nanoOfTimestamp(request.endTime, 'end_time')
  if (start === undefined) throw badField('start_time', 'is required')
  if (end === undefined) throw badField('end_time', 'is required')
  if (end <= start) throw badField('end_time', 'is not after start_time')
  return findDependencies({
    startMs: Number(start / nanoPerMs),
    endMs: Number(end / nanoPerMs),
  })
}

const nanoPerMs = 1_000_000n
