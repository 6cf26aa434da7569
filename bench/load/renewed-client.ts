import type { LoadConnection, OnResult } from './call-result.ts'
import { lostConnection, notTaken } from './call-result.ts'
import type { Http2ClientOptions } from './http2-client.ts'
import { Http2Client } from './http2-client.ts'

/**
 * A connection as gRPC's clients keep it: when the peer goes away, the calls that it has taken are
 * finished there, and all others go over a new one, as they do when the connection is lost.
 */
export class RenewedClient implements LoadConnection {
  readonly #options: Http2ClientOptions
  #current: Http2Client
  /** Asked to go away, with calls under way. */
  #leaving: Http2Client[] = []
  /** Calls that wait for the next connection; undefined while there is one. */
  #waiting: (readonly [framed: Buffer, onResult: OnResult])[] | undefined
  #closed = false

  private constructor(options: Http2ClientOptions, current: Http2Client) {
    this.#options = options
    this.#current = current
  }

  /** Connects. */
  static async connect(options: Http2ClientOptions): Promise<RenewedClient> {
    return new RenewedClient(options, await Http2Client.connect(options))
  }

  get inFlight(): number {
    const leaving = this.#leaving.reduce((sum, { inFlight }) => sum + inFlight, 0)
    return this.#current.inFlight + leaving + (this.#waiting?.length ?? 0)
  }

  send(framed: Buffer, onResult: OnResult): void {
    if (this.#waiting !== undefined) this.#waiting.push([framed, onResult])
    else if (this.#current.isOver && !this.#closed) {
      this.#waiting = [[framed, onResult]]
      void this.#renew()
    } else this.#sendNow(framed, onResult)
  }

  #sendNow(framed: Buffer, onResult: OnResult): void {
    this.#current.send(framed, (result) => {
      if (result === notTaken) this.send(framed, onResult)
      else onResult(result)
    })
  }

  close(): void {
    this.#closed = true
    for (const client of [this.#current, ...this.#leaving]) client.close()
  }

  async #renew(): Promise<void> {
    this.#leaving = [...this.#leaving.filter(({ inFlight }) => inFlight > 0), this.#current]
    try {
      this.#current = await Http2Client.connect(this.#options)
      if (this.#closed) this.#current.close()
      for (const [framed, onResult] of this.#takeWaiting()) this.#sendNow(framed, onResult)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      for (const [, onResult] of this.#takeWaiting()) onResult(lostConnection(reason))
    }
  }

  #takeWaiting(): (readonly [framed: Buffer, onResult: OnResult])[] {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    return waiting
  }
}
