/**
 * `npm run bench:sampling [-- options]`: how many questions about sampling the gateway answers for each
 * second of CPU, over HTTP and gRPC, and what a large document of strategies, or as many operations that
 * adapt, take. See docs/benchmarks.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { GatewayChild } from './gateway-child.ts'
import { durationMsOf, numberOf } from './options.ts'
import { cpuSecondsOf, ResidentSampler, residentBytesOf } from './process-usage.ts'
import { environment, publish, spreadsOf } from './report.ts'
import { askAll } from './sampling/ask.ts'
import { strategiesDocument } from './sampling/document.ts'
import { LoopDelay } from './sampling/loop-delay.ts'
import { sendRoots } from './sampling/root-spans.ts'

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '100' },
    operations: { type: 'string', default: '10' },
    duration: { type: 'string', default: '10s' },
    warmup: { type: 'string', default: '3s' },
    adaptive: { type: 'boolean', default: false },
    store: { type: 'string', default: 'memory:' },
    rounds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})
const options = {
  services: numberOf('services', values.services, { min: 1, max: 100_000 }),
  operations: numberOf('operations', values.operations, { min: 0, max: 10_000 }),
  durationMs: durationMsOf('duration', values.duration),
  warmupMs: durationMsOf('warmup', values.warmup),
  adaptive: values.adaptive,
  ...(values.adaptive
    ? { store: values.store, rounds: numberOf('rounds', values.rounds, { min: 1, max: 1000 }) }
    : {}),
}
const runs = numberOf('runs', values.runs, { min: 1, max: 100 })
/** The default of `sampling.adaptive.interval`. */
const intervalMs = 15_000

const results: Readonly<Record<string, number>>[] = []
for (let run = 1; run <= runs; run++) {
  results.push(options.adaptive ? await withRootSpans() : await withDocument())
}
publish(
  {
    benchmark: 'sampling',
    environment: environment(),
    options: { ...options, runs },
    figures: spreadsOf(results),
    refused: {},
  },
  values.json,
)
process.exit(0)

async function withDocument(): Promise<Readonly<Record<string, number>>> {
  return await inFolder(async (folder) => {
    const file = join(folder, 'strategies.json')
    writeFileSync(file, JSON.stringify(strategiesDocument(options.services, options.operations)))
    const flags = ['--sampling.strategies', file, '--sampling.max-size', '256MiB']
    const gateway = await GatewayChild.start('memory:', flags)
    try {
      const read = residentBytesOf(gateway.pid)
      const asked = await askAll(gateway, options)
      return {
        ...asked,
        'server rss after reading mb': read / 1e6,
        'server rss after answering mb': residentBytesOf(gateway.pid) / 1e6,
      }
    } finally {
      await gateway.stop()
    }
  })
}

async function withRootSpans(): Promise<Readonly<Record<string, number>>> {
  return await inFolder(async (folder) => {
    const { services, operations } = options
    const store = values.store === 'sqlite:' ? `sqlite:${join(folder, 'data')}` : values.store
    const gateway = await GatewayChild.start(store, [
      ...['--sampling.mode', 'adaptive', '--store.memory.max-bytes', '8MiB'],
      ...['--sampling.adaptive.max-services', String(Math.max(10, services))],
      ...['--sampling.adaptive.max-operations', String(Math.max(10, operations))],
    ])
    const delay = new LoopDelay(gateway)
    const resident = new ResidentSampler(gateway.pid, 200)
    try {
      const idle = residentBytesOf(gateway.pid)
      await sendRoots(gateway, { services, operations, rounds: Number(values.rounds) })
      await adapted(delay)
      const shared = residentBytesOf(gateway.pid)
      const before = cpuSecondsOf(gateway.pid)
      await setTimeout(2 * intervalMs)
      const cpuSeconds = (cpuSecondsOf(gateway.pid) - before) / 2
      const asked = await askAll(gateway, options)
      return {
        ...asked,
        'server rss before mb': idle / 1e6,
        'server rss with shares mb': shared / 1e6,
        'server rss after answering mb': residentBytesOf(gateway.pid) / 1e6,
        'server rss peak mb': resident.peakBytes / 1e6,
        'calculating cpu seconds per interval': cpuSeconds,
        'event loop delay max ms': delay.longestMs,
      }
    } finally {
      delay.stop()
      resident.stop()
      await gateway.stop()
    }
  })
}

/** Waits until all operations have a share. */
async function adapted(delay: LoopDelay): Promise<void> {
  const { services, operations } = options
  for (let look = 0; look < 300; look++) {
    const found = /^spangate_sampling_operations(?:\{[^}]*\})? (\S+)/m.exec(await delay.read())
    if (Number(found?.[1]) >= services * operations) return
    await setTimeout(1000)
  }
  throw new Error('Cannot measure: not all operations have a share after five minutes')
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'spangate-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
