import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A port of the gateway on this machine. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

const main = fileURLToPath(new URL('../src/main.js', import.meta.url))
const udp = ['jaeger.udp.compact', 'jaeger.udp.binary', 'jaeger.udp.zipkin']
const listeners = [
  'otlp.grpc',
  'otlp.http',
  'jaeger.grpc',
  'jaeger.http',
  'zipkin.http',
  'query.grpc',
  'query.http',
  'storage.grpc',
  'sampling.http',
  'sampling.grpc',
  ...udp,
  'admin',
]
const stopMs = 60_000

/** The compiled gateway as a process of its own, on ports that the system chose. */
export class GatewayChild {
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  #line = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = new Promise((resolve) => child.once('close', resolve))
  }

  /**
   * Starts it and waits until it takes requests.
   *
   * @param store as in `--store`
   * @param flags more flags of the gateway
   */
  static async start(store: string, flags: readonly string[] = []): Promise<GatewayChild> {
    const ports = listeners.flatMap((name) => [`--${name}.port`, '0'])
    const args = [main, '--store', store, '--bind', '127.0.0.1', '--log.level', 'error']
    const child = spawn(process.execPath, [...args, ...ports, ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gateway = new GatewayChild(child)
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    void gateway.#ended.then(() => process.off('exit', kill))
    await gateway.#ready()
    return gateway
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('Cannot measure: the gateway has no process')
    return this.#child.pid
  }

  /**
   * Where one of its listeners is, by the name in the line that says it is ready.
   *
   * @throws Error when it has no such listener
   */
  endpoint(name: string): Endpoint {
    const found = new RegExp(`\\b${name.replaceAll('.', '\\.')}=127\\.0\\.0\\.1:(\\d+)`).exec(
      this.#line,
    )
    if (found === null) throw new Error(`Cannot use ${name}: not in "${this.#line}"`)
    return { host: '127.0.0.1', port: Number(found[1]) }
  }

  /** Ends it in order, so that all is on disk; kills it after a minute. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs)
    await this.#ended
    clearTimeout(timer)
  }

  async #ready(): Promise<void> {
    const line = new Promise<string>((resolve) => {
      let text = ''
      this.#child.stdout?.setEncoding('utf8').on('data', (more: string) => {
        text += more
        const found = /^spangate ready .*$/m.exec(text)?.[0]
        if (found !== undefined && text.includes('\n')) resolve(found)
      })
    })
    const failed = this.#ended.then((code): never => {
      throw new Error(`Cannot measure: the gateway ended with ${code} before it was ready`)
    })
    this.#line = await Promise.race([line, failed])
  }
}
