/**
 * `npm run bench:ingest [-- options]`: how many spans a CPU second of the gateway takes. See
 * docs/benchmarks.md for the options and what the figures mean.
 */
import { parseArgs } from 'node:util'
import type { IngestResult } from './ingest-run.ts'
import { measureIngest, prepareIngest } from './ingest-run.ts'
import { protocols } from './load/protocols.ts'
import { choiceOf, durationMsOf, endpointOf, numberOf } from './options.ts'
import { pidOfPort } from './process-usage.ts'
import { environment, publish, spreadsOf, sumCounts } from './report.ts'
import { besideYardstick, Yardstick } from './yardstick.ts'

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    pid: { type: 'string' },
    'pid-of-port': { type: 'string' },
    store: { type: 'string', default: 'sqlite:' },
    protocol: { type: 'string', default: 'otlp-grpc' },
    batch: { type: 'string', default: '500' },
    'span-bytes': { type: 'string', default: '700' },
    connections: { type: 'string', default: '4' },
    'in-flight': { type: 'string', default: '4' },
    rate: { type: 'string', default: '0' },
    duration: { type: 'string', default: '15s' },
    warmup: { type: 'string', default: '5s' },
    runs: { type: 'string', default: '3' },
    gzip: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    yardstick: { type: 'boolean', default: false },
    observing: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})

const options = {
  target: values.target === undefined ? undefined : endpointOf('target', values.target),
  pid: pidOf(),
  store: values.store,
  protocol: choiceOf('protocol', values.protocol, protocols),
  batch: numberOf('batch', values.batch, { min: 1, max: 50_000 }),
  spanBytes: numberOf('span-bytes', values['span-bytes'], { min: 415, max: 4000 }),
  connections: numberOf('connections', values.connections, { min: 1, max: 1000 }),
  inFlight: numberOf('in-flight', values['in-flight'], { min: 1, max: 100 }),
  rate: numberOf('rate', values.rate, { min: 0 }),
  durationMs: durationMsOf('duration', values.duration),
  warmupMs: durationMsOf('warmup', values.warmup),
  gzip: values.gzip,
  seed: numberOf('seed', values.seed, { min: 1 }),
}
const runs = numberOf('runs', values.runs, { min: 1, max: 100 })

const templates = prepareIngest(options)
const yardstick = values.yardstick ? new Yardstick(options) : undefined
/** Of the bare server: before the first run of the gateway, and after each. */
const bare: number[] = yardstick === undefined ? [] : [await yardstick.measure()]
const results: Awaited<ReturnType<typeof measureIngest>>[] = []
for (let run = 1; run <= runs; run++) {
  const result = await measured(run)
  if (yardstick !== undefined) bare.push(await yardstick.measure())
  const beside: Readonly<Record<string, number>> = {
    ...(yardstick === undefined ? {} : besideYardstick(result, bare.slice(-2))),
    ...result.beside,
  }
  const figures: Readonly<Record<string, number>> = { ...result.figures, ...beside }
  results.push({ ...result, figures })
  const shown = Object.entries(beside).map(([name, value]) => `, ${name} ${value.toPrecision(3)}`)
  console.log(
    `run ${run}: ${Math.round(figures['server spans per cpu second'] ?? 0)} spans per CPU second, ` +
      `${Math.round(figures['spans per second'] ?? 0)} spans/s${shown.join('')}`,
  )
}
const { target, pid, store, ...shown } = options
publish(
  {
    benchmark: 'ingest',
    environment: environment(),
    options: {
      ...(target === undefined ? { store } : { target: String(values.target) }),
      ...shown,
      runs,
      ...(values.yardstick ? { yardstick: true } : {}),
      ...(values.observing ? { observing: true } : {}),
    },
    figures: spreadsOf(results.map(({ figures }) => figures)),
    refused: sumCounts(results.map(({ refused }) => refused)),
  },
  values.json,
)
process.exit(0)

/** One run, and with `--observing` another one that looks at root spans, by turns before and after it. */
async function measured(
  run: number,
): Promise<IngestResult & { readonly beside: Readonly<Record<string, number>> }> {
  if (!values.observing) return { ...(await measureIngest(options, templates)), beside: {} }
  const observing = { ...options, flags: ['--sampling.mode', 'adaptive'] }
  const first = run % 2 === 1 ? undefined : await measureIngest(observing, templates)
  const result = await measureIngest(options, templates)
  const other = first ?? (await measureIngest(observing, templates))
  const perCpuSecond = 'server spans per cpu second'
  const [plain, looking] = [result, other].map(({ figures }) => figures[perCpuSecond] ?? Number.NaN)
  const percent = (Number(plain) / Number(looking) - 1) * 100
  return { ...result, beside: { 'observing cpu percent': percent } }
}

function pidOf(): number | undefined {
  if (values.pid !== undefined) return numberOf('pid', values.pid, { min: 1 })
  const port = values['pid-of-port'] ?? values.target?.split(':').at(-1)
  return port === undefined ? undefined : pidOfPort(numberOf('pid-of-port', port, { min: 1 }))
}
