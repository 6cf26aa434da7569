import type { StatusView } from '../../ports/gateway-status.ts'
import { describeInEnvelope } from '../api-v1/envelope.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { jsonPieces } from '../http/json-pieces.ts'
import { named } from '../http/schema.ts'
import { statusMessage } from './status-message.ts'

/** How the gateway does, for a page of a UI and for `spangate status`. */
export function statusEndpoint(view: StatusView): Endpoint {
  return {
    method: 'GET',
    path: '/api/spangate/status',
    operationId: 'getStatus',
    doc: 'How this process does: what it takes, keeps, loses and answers, and what somebody should look at.',
    parameters: [],
    answer: named('GatewayStatus'),
    failures: [],
    describe: describeInEnvelope,
    async answers() {
      return jsonPieces(statusMessage(await view.status(), isoTime))
    },
  }
}

function isoTime(unixMs: number): string {
  return new Date(unixMs).toISOString()
}
