import { setTimeout } from 'node:timers/promises'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { AskedGateway } from '../ask-gateway.ts'
import { askGateway } from '../ask-gateway.ts'
import { printableText } from '../trace/printable-text.ts'

/** What is watched, and where it is shown. */
export interface WatchCommand extends AskedGateway {
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
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
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

/** The longest wait of a timer of Node, some 25 days; of a longer one it makes 1 ms. */
const timerMsMax = 2 ** 31 - 1
const clearScreen = '\x1b[H\x1b[2J'

/**
 * `spangate sampling watch`: shows how a gateway samples, again and again until the signal. A gateway that does not
 * answer is asked again, once it has answered.
 *
 * @throws GatewayError where it does not answer the first time
 */
export async function watch(command: WatchCommand): Promise<void> {
  const { signal, json, isTerminal, stdout, stderr, once, everyMs } = command
  let hasAnswered = false
  while (!signal.aborted) {
    try {
      const { status, operations } = await look(command)
      hasAnswered = true
      const time = new Date().toISOString()
      if (json) stdout(`${JSON.stringify({ time, ...status, shown: operations })}\n`)
      else stdout(`${isTerminal && !once ? clearScreen : ''}${table(command, status, operations)}`)
      if (once) return
    } catch (error) {
      // Somebody wants to stop, which may have ended the question.
      if (signal.aborted) return
      if (!(error instanceof GatewayError) || !hasAnswered) throw error
      stderr(`${error.message}; asking again\n`)
    }
    await setTimeout(Math.min(everyMs, timerMsMax), undefined, { signal }).catch(() => {})
  }
}

interface Look {
  readonly status: Status
  readonly operations: readonly Operation[]
}

async function look(command: WatchCommand): Promise<Look> {
  const { service, limit } = command
  const query = new URLSearchParams({ limit: String(limit), ...(service && { service }) })
  const path = `/api/spangate/sampling/operations?${query}`
  return {
    status: await askGateway(command, '/api/spangate/sampling', isStatus),
    operations: (await askGateway(command, path, isOperations)).operations,
  }
}

function isStatus(json: unknown): json is Status {
  const { mode, services, operations, adaptive } = (json ?? {}) as Partial<Status>
  const isWhole = typeof mode === 'string' && isNumber(services) && isNumber(operations)
  if (!isWhole || adaptive === null) return isWhole
  const { targetPerSecond, intervalSeconds, leaseSeconds } = adaptive ?? {}
  return [targetPerSecond, intervalSeconds, leaseSeconds].every(isNumber)
}

function isOperations(json: unknown): json is Pick<Look, 'operations'> {
  const { operations } = (json ?? {}) as Partial<Look>
  return Array.isArray(operations) && operations.every(isOperation)
}

function isOperation(json: unknown): json is Operation {
  const { service, operation, probability, ...rates } = (json ?? {}) as Partial<Operation>
  const areRates = [rates.observedPerSecond, rates.keptPerSecond].every(
    (rate) => rate === null || isNumber(rate),
  )
  return (
    typeof service === 'string' &&
    typeof operation === 'string' &&
    isNumber(probability) &&
    areRates
  )
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function table(
  { service: only, limit }: WatchCommand,
  status: Status,
  operations: readonly Operation[],
): string {
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
  // How many one service has, nobody says.
  const rest = only === undefined ? `and ${more} more operations\n` : `the ${limit} busiest\n`
  const isCut = only === undefined ? more > 0 : operations.length === limit
  const foot = isCut && operations.length > 0 ? rest : ''
  return `${summary(status)}\n\n${lines.map((line) => line.join('  ').trimEnd()).join('\n')}\n${foot}`
}

function summary({ mode, services, operations, adaptive }: Status): string {
  const counts = `${counted(services, 'service')}, ${counted(operations, 'operation')}`
  if (adaptive === null) return `mode ${mode}, ${counts}`
  const { leader, isLeader, leaseSeconds, receivers } = adaptive
  const who =
    leader === null
      ? 'nobody is known to lead'
      : `led by ${printableText(leader)}${isLeader ? ' (asked here)' : ''}, known for ${leaseSeconds.toFixed(0)} s`
  const others =
    receivers === null ? '' : `, counts of ${counted(receivers, 'process', 'processes')}`
  return `mode ${mode}, target ${adaptive.targetPerSecond}/s every ${adaptive.intervalSeconds} s, ${counts}\n${who}${others}`
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Three digits that count. */
function number(value: number | null): string {
  if (value === null) return '-'
  if (value === 0 || value >= 1000) return String(Math.round(value))
  const text = value.toPrecision(3)
  return text.includes('e') ? text : String(Number(text))
}
