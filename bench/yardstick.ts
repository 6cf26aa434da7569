import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { IngestOptions, IngestResult } from './ingest-run.ts'
import { measureIngest, prepareIngest } from './ingest-run.ts'
import type { TemplateSet } from './load/templates.ts'

const script = fileURLToPath(new URL('./yardstick-server.js', import.meta.url))

/**
 * What a bare server of grpc-js took on the machine that the project's goals were set on: spans of 422
 * bytes in requests of 500, spans per CPU second (docs/benchmarks.md).
 */
export const yardstickOfReference = 816_000

/** What the bare server is sent, whatever the gateway is: the load of `yardstickOfReference`. */
const fixed = {
  protocol: 'otlp-grpc',
  batch: 500,
  spanBytes: 422,
  connections: 4,
  inFlight: 4,
  rate: 0,
  gzip: false,
  store: '',
} as const

/**
 * Measures how much a bare server of grpc-js receives in a CPU second: how fast the machine is just now.
 * Machines that many share are twice as fast in one hour as in another, and a figure says little without it.
 */
export class Yardstick {
  readonly #options: Omit<IngestOptions, 'target' | 'pid'>
  readonly #templates: TemplateSet

  /**
   * @param options how long to warm up and measure, and the seed; the rest is fixed
   * @param templates other messages than those
   */
  constructor(
    options: Pick<IngestOptions, 'durationMs' | 'warmupMs' | 'seed'>,
    templates?: TemplateSet,
  ) {
    const { durationMs, warmupMs, seed } = options
    this.#options = { ...fixed, durationMs, warmupMs, seed }
    this.#templates =
      templates ?? prepareIngest({ ...this.#options, target: undefined, pid: undefined })
  }

  /** One run, against a process of its own. @returns spans per CPU second */
  async measure(): Promise<number> {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    try {
      const lines = createInterface({ input: child.stdout })
      const [line] = (await Promise.race([once(lines, 'line'), once(child, 'close')])) as [unknown]
      const port = Number(line)
      if (!(port > 0)) throw new Error('Cannot measure: the bare server did not start')
      const target = { host: '127.0.0.1', port }
      const options = { ...this.#options, target, pid: child.pid }
      const { figures } = await measureIngest(options, this.#templates)
      return figures['server spans per cpu second'] ?? Number.NaN
    } finally {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
      process.off('exit', kill)
    }
  }
}

/**
 * Figures of a run of the gateway beside the yardstick of the same minute.
 *
 * @param around spans per CPU second of the bare server, of all runs just before and after
 */
export function besideYardstick(
  { figures }: IngestResult,
  around: readonly number[],
): Readonly<Record<string, number>> {
  const yardstick = around.reduce((sum, run) => sum + run, 0) / around.length
  const ratio = (figures['server spans per cpu second'] ?? Number.NaN) / yardstick
  return {
    'yardstick spans per cpu second': yardstick,
    'server to yardstick ratio': ratio,
    'derived spans per cpu second at the reference yardstick': ratio * yardstickOfReference,
  }
}
