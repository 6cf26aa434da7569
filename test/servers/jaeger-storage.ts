import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'
import { freePort } from './free-port.ts'

const program = join(projectRoot, '.cache/peers/bin/jaeger-2')

/** Skips a test where there is no Jaeger 2. */
export function needsJaeger(): { readonly skip: string | false } {
  return { skip: existsSync(program) ? false : 'needs scripts/install-peers-jaeger.sh' }
}

/** Traces that a tenant of it keeps. */
export const maxTraces = 20_000

/** What a Jaeger keeps spans in. */
interface JaegerBackend {
  /** As one of its `jaeger_storage.backends`. */
  readonly config: string
  /** Whether it knows tenants. */
  readonly hasTenants: boolean
}

const inMemory: JaegerBackend = {
  config: `memory: {max_traces: ${maxTraces}}`,
  hasTenants: true,
}

/** Jaeger's tables in Cassandra, which are there already. */
export function inCassandra(port: number, keyspace: string): JaegerBackend {
  const connection = `{servers: [127.0.0.1], port: ${port}, timeout: 30s, tls: {insecure: true}}`
  const schema = `{keyspace: ${keyspace}, create: false}`
  return {
    config: `cassandra: {schema: ${schema}, connection: ${connection}, query: {timeout: 30s}}`,
    hasTenants: false,
  }
}

/** Starts a Jaeger 2 that is a remote storage, by default in memory, with tenants. @returns `host:port` */
export async function startJaegerStorage(
  t: Test,
  { config: backend, hasTenants } = inMemory,
): Promise<string> {
  const port = await freePort()
  const config = join(testDirectory(t), 'jaeger-storage.yaml')
  writeFileSync(
    config,
    `service:
  extensions: [jaeger_storage, remote_storage]
  pipelines:
    traces: {receivers: [nop], exporters: [nop]}
  telemetry:
    metrics: {level: none}
extensions:
  jaeger_storage:
    backends:
      spans:
        ${backend}
  remote_storage:
    endpoint: 127.0.0.1:${port}
    storage: spans
    multi_tenancy: {Enabled: ${hasTenants}, Header: x-tenant}
receivers: {nop: }
exporters: {nop: }
`,
  )
  const env = { ...process.env, OTEL_TRACES_SAMPLER: 'always_off' }
  const jaeger = spawn(program, ['--config', config], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  jaeger.stderr.on('data', (data: Buffer) => {
    log = (log + data.toString()).slice(-5000)
  })
  t.teardown(async () => {
    jaeger.kill()
    if (jaeger.exitCode === null) await once(jaeger, 'exit')
  })
  await until(async () => {
    if (jaeger.exitCode !== null) throw new Error(`Jaeger ended: ${log}`)
    return isOpen(port)
  })
  return `127.0.0.1:${port}`
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
