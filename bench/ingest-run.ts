import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Endpoint } from './gateway-child.ts'
import { GatewayChild } from './gateway-child.ts'
import { LoadRun } from './load/load-run.ts'
import type { Protocol } from './load/protocols.ts'
import { compressed, connectAll, protocolFacts } from './load/protocols.ts'
import { TemplateSet } from './load/templates.ts'
import { cpuSecondsOf, diskBytesOf, ownCpuSeconds, ResidentSampler } from './process-usage.ts'

/** What one run is told. */
export interface IngestOptions {
  /** A running endpoint; by default a gateway is started for each run. */
  readonly target: Endpoint | undefined
  /** The process of `target`. */
  readonly pid: number | undefined
  /** The process of a database that the target stores in. */
  readonly storePid?: number
  /** As in the gateway's `--store`; `sqlite:` alone takes a temporary folder. */
  readonly store: string
  readonly protocol: Protocol
  readonly batch: number
  readonly spanBytes: number
  readonly connections: number
  readonly inFlight: number
  /** Spans a second; 0 is as fast as answers come. */
  readonly rate: number
  readonly durationMs: number
  readonly warmupMs: number
  readonly gzip: boolean
  readonly seed: number
  /** More flags of the gateway that is started. */
  readonly flags?: readonly string[]
  /** Services that each request mixes; by default 3 to 6. */
  readonly services?: number | undefined
  /** Attributes of a span and of a process; by default all. */
  readonly attributes?: number | undefined
  readonly processAttributes?: number | undefined
}

/** Figures of one run. */
export interface IngestResult {
  readonly figures: Readonly<Record<string, number>>
  readonly refused: Readonly<Record<string, number>>
}

/** Spans in all templates together, at least: more than any window that a store compresses. */
const distinctSpans = 200_000
/** The messages of all templates have at most about this many bytes. */
const templateBytesMax = 300e6

/** Encodes the messages. */
export function prepareIngest(options: IngestOptions): TemplateSet {
  const startMs = performance.now()
  const spans = Math.min(distinctSpans, Math.floor(templateBytesMax / options.spanBytes))
  const templates = TemplateSet.build({
    format: protocolFacts[options.protocol].format,
    batch: options.batch,
    spanBytes: options.spanBytes,
    seed: options.seed,
    ...(options.services === undefined ? {} : { services: options.services }),
    attributes: options.attributes,
    processAttributes: options.processAttributes,
    distinctSpans: Math.max(spans, 2 * options.connections * options.inFlight * options.batch),
  })
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
  const megabytes = Math.round(templates.sizeBytes / 1e6)
  console.log(`encoded ${templates.count} messages, ${megabytes} MB, in ${seconds} s`)
  return templates
}

/** One run against a gateway of its own, or against the target. */
export async function measureIngest(
  options: IngestOptions,
  templates: TemplateSet,
): Promise<IngestResult> {
  if (options.target !== undefined) {
    return await drive(options, { templates, endpoint: options.target, pid: options.pid })
  }
  const folder = mkdtempSync(join(tmpdir(), 'spangate-bench-'))
  const data = join(folder, 'data')
  const isOnDisk = options.store === 'sqlite:'
  const store = isOnDisk ? `sqlite:${data}` : options.store
  const gateway = await GatewayChild.start(store, options.flags)
  try {
    const endpoint = gateway.endpoint(protocolFacts[options.protocol].listener)
    const result = await drive(options, { templates, endpoint, pid: gateway.pid })
    await gateway.stop()
    if (!isOnDisk) return result
    const stored = result.figures['acknowledged spans in all'] ?? 0
    const figures = { ...result.figures, 'disk bytes per span': diskBytesOf(data) / stored }
    return { ...result, figures }
  } finally {
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Driven {
  readonly templates: TemplateSet
  readonly endpoint: Endpoint
  readonly pid: number | undefined
}

async function drive(options: IngestOptions, driven: Driven): Promise<IngestResult> {
  const { templates, endpoint, pid } = driven
  const connected = await connectAll({ ...options, ...endpoint })
  let acknowledgedInAll = 0
  const load = new LoadRun({
    ...connected,
    batch: options.batch,
    rate: options.rate,
    source: templates,
    ...(options.gzip ? { transform: compressed } : {}),
    onResult: ({ spanCount }, { isOk }) => {
      if (isOk) acknowledgedInAll += spanCount
    },
  })
  await setTimeout(options.warmupMs)
  const sampler = pid === undefined ? undefined : new ResidentSampler(pid, 200)
  const cpuBefore = pid === undefined ? Number.NaN : cpuSecondsOf(pid)
  const ownBefore = ownCpuSeconds()
  const storeBefore = options.storePid === undefined ? 0 : cpuSecondsOf(options.storePid)
  load.reset()
  await setTimeout(options.durationMs)
  const counts = load.counts()
  const cpuSeconds = pid === undefined ? Number.NaN : cpuSecondsOf(pid) - cpuBefore
  const ownSeconds = ownCpuSeconds() - ownBefore
  const { latency } = load
  const storeFigures =
    options.storePid === undefined
      ? {}
      : storeCosts(cpuSeconds, cpuSecondsOf(options.storePid) - storeBefore, counts)
  const figures = {
    'server spans per cpu second': counts.acknowledgedSpans / cpuSeconds,
    'spans per second': counts.acknowledgedSpans / counts.seconds,
    'export p50 ms': latency.quantileMs(0.5),
    'export p99 ms': latency.quantileMs(0.99),
    'export max ms': latency.maxMs,
    'server cpu seconds per second': cpuSeconds / counts.seconds,
    'loader cpu seconds per second': ownSeconds / counts.seconds,
    'loader spans per cpu second': counts.acknowledgedSpans / ownSeconds,
    'refused calls': Object.values(counts.refusedCalls).reduce((sum, count) => sum + count, 0),
  }
  await load.stop()
  sampler?.stop()
  for (const connection of connected.connections) connection.close()
  return {
    figures: {
      ...figures,
      ...storeFigures,
      'server rss peak mb': (sampler?.peakBytes ?? Number.NaN) / 1e6,
      'server rss final mb': (sampler?.finalBytes ?? Number.NaN) / 1e6,
      'acknowledged spans in all': acknowledgedInAll,
    },
    refused: counts.refusedCalls,
  }
}

function storeCosts(
  gatewaySeconds: number,
  storeSeconds: number,
  { acknowledgedSpans, seconds }: ReturnType<LoadRun['counts']>,
): Readonly<Record<string, number>> {
  return {
    'gateway cpu ms per 1000 spans': (gatewaySeconds / acknowledgedSpans) * 1e6,
    'store cpu ms per 1000 spans': (storeSeconds / acknowledgedSpans) * 1e6,
    'store cpu seconds per second': storeSeconds / seconds,
  }
}
