import type { GatewayChild } from '../gateway-child.ts'

/** Watches how long the main thread of a gateway answers nothing, by its own metric. */
export class LoopDelay {
  /** The longest so far, ms. */
  longestMs = 0
  readonly #url: string
  readonly #timer: NodeJS.Timeout

  constructor(gateway: GatewayChild) {
    const { host, port } = gateway.endpoint('admin')
    this.#url = `http://${host}:${port}/metrics`
    // It forgets what was more than a minute ago.
    this.#timer = setInterval(() => void this.read().catch(() => {}), 1000)
  }

  /** All metrics as they are now. */
  async read(): Promise<string> {
    const text = await (await fetch(this.#url)).text()
    const found = /^spangate_event_loop_delay_seconds\{[^}]*quantile="1"[^}]*\} (\S+)/m.exec(text)
    this.longestMs = Math.max(this.longestMs, Number(found?.[1] ?? 0) * 1000)
    return text
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
