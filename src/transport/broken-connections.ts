import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { LogPace } from '../telemetry/log-pace.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** How a connection whose bytes are not what its port takes was answered. */
export interface BrokenAnswer {
  readonly status: number
  readonly message: string
}

/** What a `BrokenConnections` is made of. */
export interface BrokenConnectionsOptions {
  /** Of the listener. */
  readonly name: string
  readonly metrics: Pick<Metrics, 'add'>
  readonly logger: Pick<Logger, 'warn'>
}

/** Counts connections to a port that bring what it does not take, and logs some of them: who is told the wrong port is found in the log. */
export class BrokenConnections {
  readonly #options: BrokenConnectionsOptions
  readonly #pace = new LogPace()

  constructor(options: BrokenConnectionsOptions) {
    this.#options = options
  }

  /** One was answered. */
  add({ remoteAddress, remotePort }: Socket, { status, message }: BrokenAnswer): void {
    const { name: listener, metrics, logger } = this.#options
    metrics.add('spangate_http_failures_total', 1, { listener, status: String(status) })
    if (!this.#pace.take()) return
    const from = `${remoteAddress}:${remotePort}`
    logger.warn({ listener, from, status, why: message }, 'bytes that this port does not take')
  }
}

/** An answer in HTTP/1.1, after which the connection is closed. */
export function brokenAnswerText({ status, message }: BrokenAnswer, reason: string): string {
  const body = `${message}\n`
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
