import type { PeerName } from './peers.ts'
import { runJson } from './peers.ts'

/** Span ids by trace id, hex. */
export type SpanIds = Readonly<Record<string, readonly string[]>>

/** What an SDK says after it has sent at a steady rate; README.md tells the fields. */
export interface SdkOutcome {
  readonly made: SpanIds
  readonly delivered: SpanIds
  readonly failedExports: number
  readonly refusals: number
  readonly refusalsRetryInfo: number
}

/** How an SDK is let send. */
export interface SdkLoad {
  readonly endpoint: string
  /** In a second. */
  readonly spans: number
  readonly seconds: number
  /** How long spans are kept and tried again; left out, as the SDK does it. */
  readonly patienceSeconds?: number
}

/** The published SDKs that can send at a steady rate. */
export const loadSdks = {
  go: 'otlp-sdk-go',
  java: 'otlp-sdk-java',
} as const satisfies Record<string, PeerName>

const startAndFlushMs = 60_000

/** Lets an SDK send, and waits until all of it is answered or given up. */
export async function sendSteadily(name: PeerName, load: SdkLoad): Promise<SdkOutcome> {
  const { endpoint, spans, seconds, patienceSeconds } = load
  const flags = ['--endpoint', endpoint, '--rate', String(spans), '--duration', `${seconds}s`]
  const patience = patienceSeconds === undefined ? [] : ['--patience', `${patienceSeconds}s`]
  const timeoutMs = (seconds + (patienceSeconds ?? 0)) * 1000 + startAndFlushMs
  return (await runJson(name, [...flags, ...patience], timeoutMs)) as SdkOutcome
}

/** How many spans there are. */
export function countOf(spans: SpanIds): number {
  return Object.values(spans).reduce((sum, ids) => sum + ids.length, 0)
}

/** What is missing or too many in a gateway, a line for each span. */
export async function faultsOf(
  outcome: SdkOutcome,
  find: (traceId: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const faults: string[] = []
  for (const [traceId, made] of Object.entries(outcome.made)) {
    const found = await find(traceId)
    const stored = new Set(found)
    if (stored.size < found.length) faults.push(`trace ${traceId} has spans twice`)
    for (const id of outcome.delivered[traceId] ?? []) {
      if (!stored.has(id)) faults.push(`span ${id} of trace ${traceId} is missing`)
    }
    for (const id of stored) {
      if (!made.includes(id)) faults.push(`span ${id} of trace ${traceId} was never made`)
    }
  }
  return faults
}
