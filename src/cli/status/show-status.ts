import type { AskedGateway } from '../ask-gateway.ts'
import { askGateway } from '../ask-gateway.ts'
import type { StatusJson } from './render-status.ts'
import { renderStatus } from './render-status.ts'

/** Whose status is shown, and how. */
export interface StatusCommand extends AskedGateway {
  /** As JSON, in place of a text. */
  readonly json: boolean
  /** Problems in red, by the escapes of terminals. */
  readonly isColoured: boolean
  readonly stdout: (text: string) => void
}

/**
 * `spangate status`: shows how a gateway does.
 *
 * @returns whether it is ready
 * @throws GatewayError where it does not answer
 */
export async function showStatus(command: StatusCommand): Promise<boolean> {
  const status = await askGateway(command, '/api/spangate/status', isStatus)
  const { json, isColoured, stdout } = command
  stdout(json ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status, { isColoured }))
  return status.state === 'GATEWAY_STATE_READY'
}

/** Whether it has the parts of a status; what is in them is taken on trust. */
function isStatus(json: unknown): json is StatusJson {
  const { version, state, problems, listeners, receivers, ...parts } = (json ??
    {}) as Partial<StatusJson>
  const { process, store, admission, queries, sampling } = parts
  return (
    typeof version === 'string' &&
    typeof state === 'string' &&
    [problems, listeners, receivers].every(Array.isArray) &&
    [process, store, admission, queries, sampling].every((part) => typeof part === 'object')
  )
}
