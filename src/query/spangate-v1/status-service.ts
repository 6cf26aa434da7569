import type { StatusServiceDefinition } from '../../../proto/gen/spangate/v1/StatusService.ts'
import type { StatusView } from '../../ports/gateway-status.ts'
import type { GrpcService } from '../../transport/grpc-service.ts'
import { loadServiceDefinition } from '../../transport/service-definitions.ts'
import type { Serving } from '../serve-method.ts'
import { bytesDefinition, serveUnary } from '../serve-method.ts'
import { statusMessage } from './status-message.ts'

/** spangate.v1.StatusService: how the gateway does. It holds nothing that has to be closed. */
export function createStatusService(options: Serving & { readonly view: StatusView }): GrpcService {
  const { view } = options
  const definition = loadServiceDefinition<StatusServiceDefinition>('spangate.v1.StatusService')
  const implementation = {
    GetStatus: serveUnary(options, definition.GetStatus, async () =>
      statusMessage(await view.status(), timestampOf),
    ),
  }
  return { definition: bytesDefinition(definition), implementation }
}

function timestampOf(unixMs: number) {
  const seconds = Math.floor(unixMs / 1000)
  return { seconds, nanos: Math.floor(unixMs - seconds * 1000) * 1_000_000 }
}
