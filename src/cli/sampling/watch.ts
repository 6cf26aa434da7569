import { setTimeout } from 'node:timers/promises'
import { GatewayError } from '../../errors/gateway-error.ts'
import { printableText } from '../trace/printable-text.ts'

/** What is watched, and where it is shown. */
export interface WatchCommand {
  /** `http://host:port` of the query API. */
  readonly endpoint: string
  /** Only this one; undefined: all. */
  readonly service: string | undefined
  /** Most operations. */
  readonly limit: number
  readonly everyMs: number
  /** Ends after the first look. */
  readonly once: boolean
  /** A line of JSON for each look, in place of a table. */
  readonly json: boolean
  /** Each table takes the place of the one before. */
  readonly isTerminal: boolean
  readonly signal: AbortSignal
  readonly stdout: (text: string) => void
}

interface Status {
  readonly mode: string
  readonly services: number
  readonly operations: number
  readonly adaptive: {
    readonly targetPerSecond: number
    readonly intervalSeconds: number
    readonly leader: string | null
    readonly isLeader: boolean
    readonly leaseSeconds: number
    readonly receivers: number | null
  } | null
}

interface Operation {
  readonly service: string
  readonly operation: string
  readonly probability: number
  readonly observedPerSecond: number | null
  readonly keptPerSecond: number | null
}

/** An answer that does not come would be waited for for ever. */
const answerMsMax = 10_000
const clearScreen = '\x1b[H\x1b[2J'

/**
 * `spangate sampling watch`: shows how a gateway samples, again and again until the signal.
 *
 * @throws GatewayError where the gateway does not answer
 */
export async function watch(command: WatchCommand): Promise<void> {
  const { service, limit, signal, json, isTerminal, stdout, once, everyMs } = command
  const query = new URLSearchParams({ limit: String(limit), ...(service && { service }) })
  while (!signal.aborted) {
    const status = await ask<Status>(command, '/api/spangate/sampling')
    const path = `/api/spangate/sampling/operations?${query}`
    const { operations } = await ask<{ operations: readonly Operation[] }>(command, path)
    if (json)
      stdout(
        `${JSON.stringify({ time: new Date().toISOString(), ...status, shown: operations })}\n`,
      )
    else stdout(`${isTerminal && !once ? clearScreen : ''}${table(status, operations)}`)
    if (once) return
    await setTimeout(everyMs, undefined, { signal }).catch(() => {})
  }
}

async function ask<Answer>({ endpoint, signal }: WatchCommand, path: string): Promise<Answer> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)])
  try {
    const response = await fetch(new URL(path, endpoint), { signal: ending })
    const text = await response.text()
    if (response.status === 200) return JSON.parse(text) as Answer
    throw new Error(`it answers ${response.status}`)
  } catch (cause) {
    const why = cause instanceof Error ? stateOf(cause) : String(cause)
    throw new GatewayError('store_unavailable', `Cannot ask ${endpoint}: ${why}`, { cause })
  }
}

/** fetch() hides why it failed. */
function stateOf({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message || String(cause) : message
}

function table(status: Status, operations: readonly Operation[]): string {
  const rows = operations.map(({ service, operation, probability, ...rates }) => [
    printableText(service),
    operation === '' ? '(others)' : printableText(operation),
    number(rates.observedPerSecond),
    number(rates.keptPerSecond),
    number(probability),
  ])
  const head = ['SERVICE', 'OPERATION', 'OBSERVED/S', 'KEPT/S', 'PROBABILITY']
  const all = [head, ...rows]
  const widths = head.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)))
  const lines = all.map((row) =>
    row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))),
  )
  const more = status.operations - operations.length
  const foot = more > 0 && operations.length > 0 ? `and ${more} more operations\n` : ''
  return `${summary(status)}\n\n${lines.map((line) => line.join('  ').trimEnd()).join('\n')}\n${foot}`
}

function summary({ mode, services, operations, adaptive }: Status): string {
  const counts = `${services} services, ${operations} operations`
  if (adaptive === null) return `mode ${mode}, ${counts}`
  const { leader, isLeader, leaseSeconds, receivers } = adaptive
  const who =
    leader === null
      ? 'nobody is known to lead'
      : `led by ${printableText(leader)}${isLeader ? ' (asked here)' : ''}, known for ${leaseSeconds.toFixed(0)} s`
  const counted = receivers === null ? '' : `, ${receivers} processes count`
  return `mode ${mode}, target ${adaptive.targetPerSecond}/s every ${adaptive.intervalSeconds} s, ${counts}\n${who}${counted}`
}

/** Three digits that count. */
function number(value: number | null): string {
  if (value === null) return '-'
  if (value === 0 || value >= 1000) return String(Math.round(value))
  const text = value.toPrecision(3)
  return text.includes('e') ? text : String(Number(text))
}
