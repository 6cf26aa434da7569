import type { ServiceRule } from '../../../bridge/jaeger-sampling/strategy.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { explainStrategy } from '../../sampling/explain-strategy.ts'
import { describeProblem, fieldOf } from '../../sampling/problem-list.ts'
import type { ReadStrategies } from '../../sampling/read-strategies.ts'
import { readStrategies } from '../../sampling/read-strategies.ts'
import type { Strategies } from '../../sampling/strategies.ts'
import type { LocationLimits } from '../../sampling/strategies-location.ts'
import { LocationError, strategiesLocation } from '../../sampling/strategies-location.ts'
import { printableText } from '../trace/printable-text.ts'

/** What the commands read, and where they print, one line at a time. */
export interface SamplingCommand extends LocationLimits {
  /** A file or an http(s) URL. */
  readonly location: string
  readonly defaultProbability: number
  readonly signal: AbortSignal
  readonly stdout: (line: string) => void
  readonly stderr: (line: string) => void
}

/**
 * `spangate sampling check`: prints what is wrong with a document of strategies, a line each, and what it says.
 *
 * @returns whether it can be used
 * @throws GatewayError where it cannot be fetched
 */
export async function check(command: SamplingCommand): Promise<boolean> {
  const { location, read } = await readDocument(command)
  const { stdout, stderr } = command
  for (const problem of read.problems) {
    stderr(printableText(`${location}: ${problem.severity}: ${describeProblem(problem)}`))
  }
  const more = read.errors + read.warnings - read.problems.length
  if (more > 0) stderr(`${location}: and ${more} more`)
  if (read.strategies !== undefined) stdout(`${location}: ok, ${summaryOf(read.strategies)}`)
  return read.strategies !== undefined
}

/**
 * `spangate sampling explain`: prints what clients do with an operation of a service, and which rule says so.
 *
 * @throws GatewayError where the document cannot be fetched or used
 */
export async function explain(
  command: SamplingCommand,
  service: string,
  operation: string,
): Promise<void> {
  const { location, read } = await readDocument(command)
  if (read.strategies === undefined) {
    const [problem] = read.problems.filter(({ severity }) => severity === 'error')
    const why = problem === undefined ? '' : printableText(describeProblem(problem))
    throw new GatewayError('bad_settings', `Cannot use ${location}: ${why}`)
  }
  const { rule, path, why } = explainStrategy(read.strategies, service, operation)
  command.stdout(printableText(`${service} ${operation}: ${ruleText(rule)}`))
  const place =
    path === undefined
      ? 'sampling.default-probability'
      : `${fieldOf(path)}, ${location} line ${read.lineOf(path)}`
  command.stdout(`  by ${place}: ${why}`)
}

interface ReadDocument {
  /** Without a password. */
  readonly location: string
  readonly read: ReadStrategies
}

async function readDocument(command: SamplingCommand): Promise<ReadDocument> {
  const { defaultProbability, signal } = command
  // Of what is no URL too.
  let location = command.location.replace(/(?<=:\/\/)[^/@]*@/, '')
  try {
    const found = strategiesLocation(command.location, command)
    location = found.name
    const document = await found.load(signal)
    return { location, read: readStrategies(document?.bytes ?? '', defaultProbability) }
  } catch (error) {
    if (!(error instanceof LocationError)) throw error
    throw new GatewayError('not_found', `Cannot read ${location}: ${error.message}`)
  }
}

function summaryOf({ byService, byDefault, operationCount: operations }: Strategies): string {
  const services = `${byService.size} ${byService.size === 1 ? 'service' : 'services'}`
  const listed = `${operations} ${operations === 1 ? 'operation' : 'operations'}`
  return `${services}, ${listed}, by default ${ruleText(byDefault.service)}`
}

function ruleText(rule: ServiceRule): string {
  return rule.kind === 'probabilistic'
    ? `probabilistic ${rule.probability}`
    : `ratelimiting ${rule.tracesPerSecond} a second and process`
}
