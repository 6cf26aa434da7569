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

/** Starts a Jaeger 2 that is a remote storage in memory, with tenants. @returns `host:port` */
export async function startJaegerStorage(t: Test): Promise<string> {
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
        memory: {max_traces: ${maxTraces}}
  remote_storage:
    endpoint: 127.0.0.1:${port}
    storage: spans
    multi_tenancy: {Enabled: true, Header: x-tenant}
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
