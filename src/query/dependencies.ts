import type { Timestamp__Output } from '../../proto/gen/google/protobuf/Timestamp.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { badField } from './bad-field.ts'
import { nanoOfTimestamp } from './read-time.ts'

/** Checks a GetDependencies request of either API, then says that there is no answer to it. */
export function refuseDependencies(request: {
  readonly startTime: Timestamp__Output | null
  readonly endTime: Timestamp__Output | null
}): never {
  const start = nanoOfTimestamp(request.startTime, 'start_time')
  const end = nanoOfTimestamp(request.endTime, 'end_time')
  if (start === undefined) throw badField('start_time', 'is required')
  if (end === undefined) throw badField('end_time', 'is required')
  if (end <= start) throw badField('end_time', 'is not after start_time')
  throw new GatewayError('unimplemented', 'Cannot get dependencies: they are not computed')
}
