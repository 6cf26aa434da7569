import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
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
import { setTimeout } from 'node:timers/promises'
import { projectRoot } from '../project-root.ts'
import type { CassandraOptions } from './cassandra-config.ts'
import { cassandraConfig, javaArguments } from './cassandra-config.ts'
import { freePort } from './free-port.ts'

const home = join(projectRoot, '.cache/peers/cassandra')

/** Options for a tap test that needs Cassandra: skipped with what to do, but in CI red. */
export function needsCassandra(): { readonly skip: string | false } {
  const isHere = existsSync(join(home, 'stamp'))
  if (isHere || process.env['CI'] === 'true') return { skip: false }
  return { skip: 'needs Cassandra: run scripts/install-peers-cassandra.sh (JDK 17 and Maven)' }
}

const startMsMax = 90_000
const stopMsMax = 20_000

/** One real node of Cassandra on 127.0.0.1, with files of its own that are removed in the end. */
export class CassandraNode {
  readonly port: number
  readonly #directory: string
  #child: ChildProcess

  /** Starts a node and resolves when it takes connections. */
  static async start(options: CassandraOptions = {}): Promise<CassandraNode> {
    if (!existsSync(join(home, 'stamp'))) {
      throw new Error('Cassandra is missing: run scripts/install-peers-cassandra.sh')
    }
    const directory = mkdtempSync(join(tmpdir(), 'spangate-cassandra-'))
    const place = { directory, port: await freePort(), storagePort: await freePort() }
    mkdirSync(join(directory, 'tmp'))
    mkdirSync(join(directory, 'triggers'))
    writeFileSync(join(directory, 'cassandra.yaml'), cassandraConfig(place, options))
    const node = new CassandraNode(directory, place.port)
    try {
      await node.#ready()
      return node
    } catch (error) {
      await node.stop()
      throw error
    }
  }

  private constructor(directory: string, port: number) {
    this.#directory = directory
    this.port = port
    this.#child = spawnNode(directory)
  }

  /** Of the running process. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Ends it as a power cut would; its files stay. */
  async kill9(): Promise<void> {
    const exited = this.#exited()
    this.#child.kill('SIGKILL')
    await exited
  }

  /** Starts it again with its files, after `kill9`. */
  async restart(): Promise<void> {
    this.#child = spawnNode(this.#directory)
    await this.#ready()
  }

  /** Ends it and removes its files; safe to call twice. */
  async stop(): Promise<void> {
    const exited = this.#exited()
    // What is kept is thrown away: nothing has to be flushed.
    this.#child.kill('SIGKILL')
    await Promise.race([exited, setTimeout(stopMsMax, undefined, { ref: false })])
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 })
  }

  async #exited(): Promise<void> {
    const child = this.#child
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + startMsMax
    while (performance.now() < deadline) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) break
      if (await takesConnections(this.port)) return
      await setTimeout(50)
    }
    throw new Error(`Cassandra did not start:\n${logOf(this.#directory)}`)
  }
}

function spawnNode(directory: string): ChildProcess {
  const jar = readdirSync(join(home, 'lib')).find((name) => /^jamm-.*\.jar$/.test(name)) ?? ''
  const jamm = join(home, 'lib', jar)
  const logback = join(projectRoot, 'test/servers/cassandra/logback.xml')
  const args = javaArguments({ home, directory, jamm, logback })
  const output = openSync(join(directory, 'stdout.log'), 'a')
  const child = spawn('java', args, {
    cwd: directory,
    stdio: ['ignore', output, output],
  })
  // A test that dies must not leave a server behind.
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  child.once('error', () => {})
  return child
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
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
