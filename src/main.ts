#!/usr/bin/env node
import type { Logger } from 'pino'
import { letHeapGrow } from './cli/heap-growth.ts'
import { runCommandLine } from './cli/program.ts'
import { ExitCode } from './cli/program-context.ts'
import type { Config } from './config/settings.ts'
import { GatewayError } from './errors/gateway-error.ts'
import type { Gateway } from './gateway.ts'
import { createLogger, logDestination } from './telemetry/logger.ts'
import { programVersion } from './version.ts'

// The process: arguments in, signals in, exit code out. What runs is wired in gateway.ts.

const lingerMs = 1000
const stop = new AbortController()
let endsInOrder = false
// A terminal that goes away sends SIGHUP; Node has undone what nohup set.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second signal means now; 130 would hide that work was left behind.
    if (stop.signal.aborted || !endsInOrder) process.exit(ExitCode.failed)
    stop.abort()
  })
}

let isGateway = false
for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputError)

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  version: programVersion(),
  stdout: (data) => process.stdout.write(data),
  stderr: (text) => process.stderr.write(text),
  openStdin: () => process.stdin,
  openStdout: () => process.stdout,
  // A command that never asks for it could not end for it.
  get signal() {
    endsInOrder = true
    return stop.signal
  },
  run,
})

async function run(config: Config): Promise<number> {
  isGateway = true
  endsInOrder = true
  const logger = createLogger({ level: config['log.level'], destination: logDestination(2) })
  const { startGateway } = await import('./gateway.ts')
  let gateway: Gateway | undefined
  letHeapGrow(() => gateway?.keptBytes() ?? 0)
  try {
    gateway = await startGateway({ config, logger, version: programVersion() })
    process.stdout.write(`spangate ready ${gateway.addresses.join(' ')}\n`)
    await aborted(stop.signal)
    logger.info('stopping')
    await gateway.stop()
    logger.info('stopped')
    endSoon(logger)
    return ExitCode.fine
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    logger.debug({ err: error }, 'start failed')
    process.stderr.write(`spangate: ${error.message}\n`)
    return error.code === 'bad_settings' ? ExitCode.badUsage : ExitCode.failed
  }
}

/**
 * Whoever read our output has gone (`spangate trace get ID | head`): no more can be said. A gateway must not
 * end for output that cannot be written; of another command it is all that somebody wants.
 */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || isGateway) return
  process.stderr.write(`spangate: Cannot write output: ${error.message}\n`)
  process.exit(ExitCode.failed)
}

/** All is stored and closed; a timer that a library has left must not keep the process. */
function endSoon(logger: Logger): void {
  const end = (): void => {
    logger.info({ resources: process.getActiveResourcesInfo() }, 'ended what was left running')
    process.exit(ExitCode.fine)
  }
  // Fires only while something else is alive.
  setTimeout(end, lingerMs).unref()
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
