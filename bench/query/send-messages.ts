import { setTimeout } from 'node:timers/promises'
import type { Endpoint } from '../gateway-child.ts'
import { LoadRun } from '../load/load-run.ts'
import { connectAll } from '../load/protocols.ts'
import type { ReadyMessage } from '../load/templates.ts'

/** What is sent, and how. */
export interface SendOptions {
  readonly endpoint: Endpoint
  readonly connections: number
  /** Requests at a time on each connection. */
  readonly inFlight: number
  /** Spans in a request. */
  readonly batch: number
  readonly next: () => ReadyMessage
  readonly isDone: () => boolean
  /** What could not be done when a call is refused, for example `Cannot fill the store`. */
  readonly action: string
  /** Told of the spans of each call that was acknowledged. */
  readonly onAcknowledged?: (spanCount: number) => void
  /** Called every so often while something is under way. */
  readonly onWait?: () => void
}

/**
 * Sends messages through OTLP's Export until all of them are acknowledged.
 *
 * @throws Error when a call is refused
 */
export async function sendMessages(options: SendOptions): Promise<void> {
  const { endpoint, connections, inFlight, batch, next, action } = options
  const connected = await connectAll({
    protocol: 'otlp-grpc',
    ...endpoint,
    connections,
    inFlight,
    gzip: false,
  })
  let failure: string | undefined
  const load = new LoadRun({
    ...connected,
    batch,
    rate: 0,
    source: { next },
    isDone: () => options.isDone() || failure !== undefined,
    onResult: ({ spanCount }, { isOk, status, message }) => {
      if (isOk) options.onAcknowledged?.(spanCount)
      else failure ??= `${action}: status ${status}, ${message}`
    },
  })
  while (load.inFlight > 0 && failure === undefined) {
    await setTimeout(50)
    options.onWait?.()
  }
  await load.stop()
  for (const connection of connected.connections) connection.close()
  if (failure !== undefined) throw new Error(failure)
}
