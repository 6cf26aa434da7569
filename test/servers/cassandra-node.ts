import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { projectRoot } from '../project-root.ts'
import type { CassandraAddresses, CassandraOptions } from './cassandra-config.ts'
import { cassandraConfig, javaArguments } from './cassandra-config.ts'
import { freePort } from './free-port.ts'

const home = join(projectRoot, '.cache/peers/cassandra')

/** Options for a tap test that needs Cassandra: skipped with what to do, but in CI red. */
export function needsCassandra(): { readonly skip: string | false } {
  const isHere = existsSync(join(home, 'stamp'))
  if (isHere || process.env['CI'] === 'true') return { skip: false }
  return { skip: 'needs Cassandra: run scripts/install-peers-cassandra.sh (JDK 17 and Maven)' }
}

// Three at once on two busy cores take long.
const startMsMax = 180_000
const stopMsMax = 20_000
const ringDelayOfSeveralMs = 2000

/** One real node of Cassandra on this machine, with files of its own that are removed in the end. */
export class CassandraNode {
  readonly address: string
  readonly port: number
  readonly #launch: Launch
  #child: ChildProcess
  #pid = 0

  /**
   * Starts a node and resolves when it takes connections.
   *
   * @param addresses where it is one of several; by default it is alone, on free ports of 127.0.0.1
   */
  static async start(
    options: CassandraOptions = {},
    addresses?: CassandraAddresses,
  ): Promise<CassandraNode> {
    if (!existsSync(join(home, 'stamp'))) {
      throw new Error('Cassandra is missing: run scripts/install-peers-cassandra.sh')
    }
    const directory = mkdtempSync(join(tmpdir(), 'spangate-cassandra-'))
    const place = { ...(addresses ?? (await aloneOnFreePorts())), directory }
    mkdirSync(join(directory, 'tmp'))
    mkdirSync(join(directory, 'triggers'))
    writeFileSync(join(directory, 'cassandra.yaml'), cassandraConfig(place, options))
    const ringDelayMs = place.seeds.length > 1 ? ringDelayOfSeveralMs : 0
    const launch = { directory, ringDelayMs, isFast: options.isFast === true }
    const node = new CassandraNode(launch, place.address, place.port)
    try {
      await node.#ready()
      return node
    } catch (error) {
      await node.stop()
      throw error
    }
  }

  private constructor(launch: Launch, address: string, port: number) {
    this.#launch = launch
    this.address = address
    this.port = port
    this.#child = spawnNode(launch)
  }

  /** Of the server, as long as it runs. */
  get pid(): number {
    return this.#pid
  }

  /** Where its tables are; what was written last is in its log, until it starts again. */
  get dataDirectory(): string {
    return join(this.#launch.directory, 'data')
  }

  /** Ends it as a power cut would; its files stay. */
  async kill9(): Promise<void> {
    const exited = this.#exited()
    process.kill(this.#pid, 'SIGKILL')
    await exited
  }

  /**
   * Starts it again with its files, after `kill9`.
   *
   * @param waitMsMax longer where much is in its log, which it reads first
   */
  async restart(waitMsMax = startMsMax): Promise<void> {
    this.#child = spawnNode(this.#launch)
    await this.#ready(waitMsMax)
  }

  /** Ends it and removes its files; safe to call twice. */
  async stop(): Promise<void> {
    const exited = this.#exited()
    // What is kept is thrown away: nothing has to be flushed.
    this.#child.stdin?.destroy()
    await Promise.race([exited, setTimeout(stopMsMax, undefined, { ref: false })])
    rmSync(this.#launch.directory, { recursive: true, force: true, maxRetries: 5 })
  }

  async #exited(): Promise<void> {
    const child = this.#child
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  async #ready(waitMsMax = startMsMax): Promise<void> {
    const deadline = performance.now() + waitMsMax
    this.#pid = await pidFrom(this.#child)
    while (performance.now() < deadline) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) break
      if (await takesConnections(this.address, this.port)) return
      await setTimeout(50)
    }
    throw new Error(
      `Cassandra did not start in ${waitMsMax / 1000} s:\n${logOf(this.#launch.directory)}`,
    )
  }
}

/** How its process is started. */
interface Launch {
  readonly directory: string
  readonly ringDelayMs: number
  readonly isFast: boolean
}

async function aloneOnFreePorts(): Promise<CassandraAddresses> {
  const address = '127.0.0.1'
  return { address, port: await freePort(), storagePort: await freePort(), seeds: [address] }
}

function spawnNode({ directory, ringDelayMs, isFast }: Launch): ChildProcess {
  const jar = readdirSync(join(home, 'lib')).find((name) => /^jamm-.*\.jar$/.test(name)) ?? ''
  const jamm = join(home, 'lib', jar)
  const logback = join(projectRoot, 'test/servers/cassandra/logback.xml')
  const args = javaArguments({ home, directory, ringDelayMs, jamm, logback }, isFast)
  const output = openSync(join(directory, 'stdout.log'), 'a')
  // The shell ends the server, and removes its files, when whoever started it has gone, however that
  // went: then its input ends.
  const script = `java "$@" </dev/null & pid=$!
    echo $pid >&3; exec 3>&-
    (cat >/dev/null; kill -9 $pid && rm -rf '${directory}') <&0 &
    wait $pid`
  const child = spawn('bash', ['-c', script, 'bash', ...args], {
    cwd: directory,
    stdio: ['pipe', output, output, 'pipe'],
  })
  child.once('exit', () => child.stdin?.destroy())
  child.stdin?.on('error', () => {})
  closeSync(output)
  return child
}

/** Of the server: the shell's first line. */
async function pidFrom(child: ChildProcess): Promise<number> {
  const [line] = await once(child.stdio[3] as Readable, 'data')
  return Number(String(line))
}

function takesConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function logOf(directory: string): string {
  const names = ['stdout.log', 'system.log'].map((name) => join(directory, name))
  const texts = names.filter((name) => existsSync(name)).map((name) => readFileSync(name, 'utf8'))
  return texts.join('\n').split('\n').slice(-30).join('\n')
}
