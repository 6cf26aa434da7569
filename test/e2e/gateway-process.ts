import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { projectRoot } from '../project-root.ts'
import { claimFreePorts, systemPortsBegin } from '../servers/free-port.ts'
import { programEnvironment } from './program-environment.ts'

/** Where a gateway listens, each as `host:port`. */
export interface Addresses {
  readonly otlpGrpc: string
  readonly otlpHttp: string
  readonly jaegerGrpc: string
  readonly jaegerHttp: string
  readonly zipkinHttp: string
  readonly storageGrpc: string
  readonly queryGrpc: string
  readonly queryHttp: string
  readonly samplingHttp: string
  readonly samplingGrpc: string
  readonly jaegerUdpCompact: string
  readonly jaegerUdpBinary: string
  readonly jaegerUdpZipkin: string
  readonly admin: string
}

const udpPorts = { jaegerUdpCompact: 6831, jaegerUdpBinary: 6832, jaegerUdpZipkin: 5775 }
const tcpPorts = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  jaegerGrpc: 14250,
  jaegerHttp: 14268,
  zipkinHttp: 9411,
  storageGrpc: 17271,
  queryGrpc: 16685,
  queryHttp: 16686,
  samplingHttp: 5778,
  samplingGrpc: 5779,
  admin: 8888,
}
const defaultPorts = { ...tcpPorts, ...udpPorts }

/** How a gateway process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface GatewayOptions {
  /** Of the store; by default `sqlite:` in a folder of its own that `stop()` removes. */
  readonly store?: string
  /** More flags. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Where default ports move to; by default a range that is free. */
  readonly portOffset?: number
  /** Program and arguments that Node is started by, such as strace; none by default. */
  readonly under?: readonly string[]
}

// Hangs only: other work may have the machine.
const readyMs = 60_000
const stopMs = 60_000
const saysMs = 60_000
const offsetMin = 1000

/** The compiled gateway as a process of its own, as a user starts it. */
export class GatewayProcess {
  readonly portOffset: number
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #exited: Promise<Exit>
  readonly #readyLine: Promise<string>
  #stdout = ''
  #stderr = ''

  /**
   * Starts the program; it does not listen yet when this returns.
   * @see GatewayProcess.ready
   */
  static async start(options: GatewayOptions = {}): Promise<GatewayProcess> {
    const portOffset = options.portOffset ?? (await freePortOffset())
    return new GatewayProcess({ ...options, portOffset })
  }

  private constructor(options: GatewayOptions & { readonly portOffset: number }) {
    this.portOffset = options.portOffset
    this.#folder = mkdtempSync(join(tmpdir(), 'spangate-e2e-'))
    const store = options.store ?? `sqlite:${join(this.#folder, 'data')}`
    const [program = process.execPath, ...before] = [...(options.under ?? []), process.execPath]
    const main = join(projectRoot, 'dist/src/main.js')
    const flags = ['--store', store, '--port-offset', String(options.portOffset)]
    this.#child = spawn(program, [...before, main, ...flags, ...(options.args ?? [])], {
      cwd: this.#folder,
      env: programEnvironment(options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#readyLine = new Promise((resolve) => {
      this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        this.#stdout += text
        const line = /^(spangate ready\b.*)\n/m.exec(this.#stdout)?.[1]
        if (line !== undefined) resolve(line)
      })
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.#exited = exitOf(this.#child)
    // A test that dies must not leave a gateway behind.
    const kill = () => this.#child.kill('SIGKILL')
    process.once('exit', kill)
    void this.#exited.finally(() => process.off('exit', kill)).catch(() => {})
  }

  /** Undefined when the program could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** All that it wrote to stdout so far. */
  get stdout(): string {
    return this.#stdout
  }

  /** All that it wrote to stderr so far: its log. */
  get stderr(): string {
    return this.#stderr
  }

  /** How the process ended; waits for its end. */
  get exited(): Promise<Exit> {
    return this.#exited
  }

  /**
   * Waits for the line that says all listeners are up.
   * @param waitMsMax by default a minute
   * @throws when the program ends first, takes longer, or its line does not name a port
   */
  async ready(waitMsMax = readyMs): Promise<Addresses> {
    const timer = new AbortController()
    const line = await Promise.race([
      this.#readyLine,
      this.#exited.then(({ code, signal }) => {
        throw new Error(`The gateway ended with ${code ?? signal} before ready\n${this.#stderr}`)
      }),
      setTimeout(waitMsMax, undefined, { signal: timer.signal }).then(() => {
        throw new Error(`The gateway was not ready in ${waitMsMax} ms\n${this.#stderr}`)
      }),
    ]).finally(() => timer.abort())
    const address = (name: keyof Addresses): string => {
      const port = defaultPorts[name] + this.portOffset
      if (new RegExp(`:${port}\\b`).test(line)) return `127.0.0.1:${port}`
      throw new Error(`The ready line does not name port ${port} (${name}): ${line}`)
    }
    return {
      otlpGrpc: address('otlpGrpc'),
      otlpHttp: address('otlpHttp'),
      jaegerGrpc: address('jaegerGrpc'),
      jaegerHttp: address('jaegerHttp'),
      zipkinHttp: address('zipkinHttp'),
      storageGrpc: address('storageGrpc'),
      queryGrpc: address('queryGrpc'),
      queryHttp: address('queryHttp'),
      samplingHttp: address('samplingHttp'),
      samplingGrpc: address('samplingGrpc'),
      jaegerUdpCompact: address('jaegerUdpCompact'),
      jaegerUdpBinary: address('jaegerUdpBinary'),
      jaegerUdpZipkin: address('jaegerUdpZipkin'),
      admin: address('admin'),
    }
  }

  /**
   * Waits until its log has this in it: that comes over another pipe than the ready line and than answers.
   *
   * @param from what stands before this in the log does not count
   * @throws when it is not there in a minute
   */
  async says(text: string | RegExp, from = 0): Promise<void> {
    const endMs = performance.now() + saysMs
    const isThere = (log: string): boolean =>
      typeof text === 'string' ? log.includes(text) : text.test(log)
    while (!isThere(this.#stderr.slice(from))) {
      if (performance.now() > endMs) throw new Error(`${text} is not in its log: ${this.#stderr}`)
      await setTimeout(20)
    }
  }

  /** Asks it to stop, waits for its end and removes its folder; safe to call twice. */
  async stop(): Promise<Exit> {
    this.#child.kill('SIGTERM')
    const timer = new AbortController()
    const force = () => this.#child.kill('SIGKILL')
    setTimeout(stopMs, undefined, { signal: timer.signal }).then(force, () => {})
    const exit = await this.#exited.finally(() => timer.abort())
    rmSync(this.#folder, { recursive: true, force: true })
    return exit
  }

  /** Sends a signal and does not wait. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Ends it without a chance to finish anything; its folder stays until `stop()`. */
  async kill9(): Promise<Exit> {
    this.#child.kill('SIGKILL')
    return await this.#exited
  }
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  return await new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}

/**
 * An offset at which all default ports are free now, and stay so for other tests as long as this process runs.
 * All of them lie below those that the system chooses from.
 */
export async function freePortOffset(): Promise<number> {
  const ports = { tcp: Object.values(tcpPorts), udp: Object.values(udpPorts) }
  const offsetMax = systemPortsBegin - 1 - Math.max(...ports.tcp, ...ports.udp)
  for (let attempt = 0; attempt < 50; attempt++) {
    const offset = offsetMin + Math.floor(Math.random() * (offsetMax - offsetMin + 1))
    const [tcp, udp] = [ports.tcp, ports.udp].map((some) => some.map((port) => port + offset))
    if (await claimFreePorts({ tcp: tcp ?? [], udp: udp ?? [] })) return offset
  }
  throw new Error('Cannot find a free range of ports in 50 attempts')
}
