import type { Client } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { FoundTrace__Output } from '../../../proto/gen/spangate/v1/FoundTrace.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { createClient, endpointForms, explain, isServiceError } from '../endpoint.ts'
import { durationOf, numberOf } from '../flag-values.ts'
import type { OutputName } from '../formats/format-names.ts'
import { outputNames } from '../formats/format-names.ts'
import type { ProgramContext } from '../program-context.ts'
import { ExitCode } from '../program-context.ts'
import { terminalOf } from '../terminal.ts'
import type { WindowFlags } from './find-window.ts'
import { windowOfFlags } from './find-window.ts'
import { placeInQuery } from './place-in-query.ts'
import type { QueryFlags } from './query-of-flags.ts'
import { queryOfFlags } from './query-of-flags.ts'

/** Formats of a list of found traces, and those in which whole traces are written. */
const findFormats = ['table', 'json', 'ndjson', ...outputNames] as const
type FindFormat = (typeof findFormats)[number]

interface CommonFlags {
  readonly endpoint: string
  readonly timeout: string
}

interface GetFlags extends CommonFlags {
  readonly format: OutputName
  readonly json?: true
}

interface SearchFlags extends CommonFlags, QueryFlags, WindowFlags {}

/** The commands below `trace`. */
export function addTrace(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  const trace = program.command('trace').description('Read traces from a running gateway.')
  const add = (name: string, description: string): Command =>
    trace
      .command(name)
      .allowExcessArguments(false)
      .description(description)
      .option('--endpoint <address>', `query service (gRPC), ${endpointForms}`, 'localhost:16685')
      .option('--timeout <duration>', 'how long to wait for an answer', '30s')
  /**
   * Runs a command; a call that failed is told in one line, and a query that cannot be read is shown where that is.
   */
  const run = async (
    { endpoint }: CommonFlags,
    work: (client: Client) => Promise<number>,
    query?: string,
  ): Promise<void> => {
    const client = createClient(endpoint)
    try {
      setCode(await work(client))
    } catch (error) {
      if (error instanceof GatewayError) throw error
      const message = explain(error, endpoint)
      context.stderr(`spangate: ${message}\n${placeInQuery(message, query)}`)
      const isMistake = isServiceError(error) && error.code === status.INVALID_ARGUMENT
      setCode(isMistake ? ExitCode.badUsage : ExitCode.failed)
    } finally {
      client.close()
    }
  }
  add(
    'get',
    'Print one trace as a tree, or in a format of convert. In a tree, * marks the critical path: what kept the root from ending earlier.',
  )
    .argument('<id>', 'of the trace: up to 32 hex digits')
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(outputNames).default('tree'),
    )
    .option('--json', 'the same as --format otlp_json')
    .action((traceId: string, flags: GetFlags) =>
      run(flags, (client) => printTrace(client, traceId, flags, context)),
    )
  withConditions(add('find', 'Find traces by a query text or by flags, newest first.'))
    .option('--limit <traces>', 'traces at most', '20')
    .addOption(
      new Option('--format <format>', 'a list of what was found, or the traces, whole')
        .choices(findFormats)
        .default('table'),
    )
    .action(
      (text: string | undefined, flags: SearchFlags & { limit: string; format: FindFormat }) =>
        run(flags, (client) => printFound(client, text, flags, context), text),
    )
  withConditions(
    add('export', 'Write all traces that match to a file.').argument(
      '<file>',
      'written anew; - is standard output',
    ),
  )
    .addOption(
      new Option('--format <format>', 'as convert and receivers read it')
        .choices(outputNames.filter((name) => name !== 'tree'))
        .default('otlp_proto'),
    )
    .action((file: string, text: string | undefined, flags: SearchFlags & { format: OutputName }) =>
      run(flags, (client) => exportTraces(client, text, { ...flags, file }, context), text),
    )
}

/** The text of a search, and its flags. */
function withConditions(command: Command): Command {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    value,
  ]
  return command
    .argument('[query]', "spansets of TraceQL, such as '{ status = error }'")
    .option('--service <name>', 'of this service')
    .option('--operation <name>', 'spans of this name')
    .option('--tag <key=value>', 'with this attribute; may be given again', collect)
    .option('--min-duration <duration>', 'spans at least this long')
    .option('--max-duration <duration>', 'spans at most this long')
    .option('--since <duration>', 'begun so long ago at most, such as 30m')
    .option('--start <time>', 'begun at this time or later, such as 2026-11-30T12:00:00Z')
    .option('--end <time>', 'begun before this time')
}

async function printTrace(
  client: Client,
  traceId: string,
  flags: GetFlags,
  context: ProgramContext,
): Promise<number> {
  const { readTrace } = await import('./search-client.ts')
  const { renderTrace } = await import('./render-trace.ts')
  const batches: SpanBatch[] = []
  const format = flags.json ? 'otlp_json' : flags.format
  // A file is what was stored; what people look at is adjusted.
  const raw = format !== 'tree'
  const timeoutMs = durationOf('--timeout', flags.timeout)
  for await (const batch of readTrace(client, traceId, { raw, timeoutMs })) batches.push(batch)
  const rendered = renderTrace(batches, format, terminalOf(context))
  if (typeof rendered !== 'string' && context.openStdout().isTTY === true) {
    const state = `${flags.format} is binary and this is a terminal`
    throw new GatewayError('invalid_argument', `Cannot print the trace: ${state}`)
  }
  context.stdout(rendered)
  return ExitCode.fine
}

async function printFound(
  client: Client,
  text: string | undefined,
  flags: SearchFlags & { limit: string; format: FindFormat },
  context: ProgramContext,
): Promise<number> {
  const { findTraces } = await import('./search-client.ts')
  const timeoutMs = durationOf('--timeout', flags.timeout)
  const request = {
    query: queryOfFlags(text, flags),
    ...windowOfFlags(flags, Date.now()),
    limit: Math.trunc(numberOf('--limit', flags.limit, { min: 1, max: 10_000 })),
  }
  const found = each(findTraces(client, request, timeoutMs), (bound) => sayBound(context, bound))
  const { format } = flags
  if (format === 'table' || format === 'json' || format === 'ndjson') {
    const { foundTraceJson, foundTraceTable } = await import('./render-found.ts')
    if (format === 'ndjson') {
      for await (const trace of found) context.stdout(`${JSON.stringify(foundTraceJson(trace))}\n`)
      return ExitCode.fine
    }
    const traces: FoundTrace__Output[] = []
    for await (const trace of found) traces.push(trace)
    const json = (): string => `${JSON.stringify(traces.map(foundTraceJson), undefined, 2)}\n`
    context.stdout(format === 'json' ? json() : foundTraceTable(traces, terminalOf(context)))
    if (traces.length === 0) context.stderr('spangate: no trace matches\n')
    return ExitCode.fine
  }
  const { writeTraces } = await import('./write-traces.ts')
  const stdout = context.openStdout
  const style = terminalOf(context)
  await writeTraces(found, { client, file: '-', format, style, stdout, timeoutMs })
  return ExitCode.fine
}

async function exportTraces(
  client: Client,
  text: string | undefined,
  flags: SearchFlags & { file: string; format: OutputName },
  context: ProgramContext,
): Promise<number> {
  const { findPages } = await import('./find-pages.ts')
  const { writeTraces } = await import('./write-traces.ts')
  const timeoutMs = durationOf('--timeout', flags.timeout)
  const request = { query: queryOfFlags(text, flags), ...windowOfFlags(flags, Date.now()) }
  let isWhole = true
  const found = findPages(client, request, timeoutMs, (bound) => {
    isWhole = false
    sayBound(context, bound)
  })
  const { file, format } = flags
  const stdout = context.openStdout
  const { traces, spans } = await writeTraces(found, { client, file, format, stdout, timeoutMs })
  context.stderr(`spangate: ${traces} traces, ${spans} spans written\n`)
  return isWhole ? ExitCode.fine : ExitCode.failed
}

/** The traces of an answer one by one; tells of the bound that cut it short. */
async function* each(
  found: AsyncGenerator<readonly FoundTrace__Output[], { readonly bound: string | undefined }>,
  onBound: (bound: string) => void,
): AsyncGenerator<FoundTrace__Output> {
  let next = await found.next()
  for (; next.done !== true; next = await found.next()) yield* next.value
  if (next.value.bound !== undefined) onBound(next.value.bound)
}

function sayBound(context: ProgramContext, bound: string): void {
  context.stderr(`spangate: the search ended at its bound ${bound}; there may be more\n`)
}
