import { Socket } from 'node:net'
import type { InflowBudget, InflowGate } from '../../src/transport/inbound-connection.ts'
import { InboundConnection, InboundStream } from '../../src/transport/inbound-connection.ts'

/** A connection without a client. */
export function fakeConnection(): InboundConnection {
  return new InboundConnection(new Socket(), 'test')
}

/** A request of it that waits, of which so much has come. */
export function fakeStream(
  connection: InboundConnection,
  { budget }: { readonly budget: InflowBudget },
  { wholeBytes, arrivedBytes }: { readonly wholeBytes: number; readonly arrivedBytes: number },
): InboundStream {
  const nothing = (): void => undefined
  const call = {
    pause: nothing,
    resume: nothing,
    refuse: nothing,
    reset: nothing,
    checkDeclared: nothing,
  }
  const gate: InflowGate = {
    budget,
    isPressed: false,
    onRequest: () => undefined,
    onTaken: nothing,
    onArrived: nothing,
    onFinished: nothing,
    onEnded: nothing,
    onGone: nothing,
  }
  const stream = new InboundStream(connection, gate, call, { prefixBytes: 0 })
  stream.declaredBytes = wholeBytes
  stream.arrive(new Uint8Array(arrivedBytes))
  connection.waiting.add(stream)
  return stream
}
