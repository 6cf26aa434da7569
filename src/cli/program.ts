import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { Command, CommanderError, Option } from 'commander'
import { byteSizeOfText } from '../config/byte-size.ts'
import { durationMsOfText } from '../config/duration.ts'
import { configFileVariable, loadConfig } from '../config/load-config.ts'
import { textOfValue } from '../config/setting.ts'
import type { Config } from '../config/settings.ts'
import { environmentName, settings } from '../config/settings.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { explain } from './endpoint.ts'
import type { InputName, OutputName } from './formats/format-names.ts'
import { inputNames, outputNames } from './formats/format-names.ts'

/** What the command line needs from outside; main.ts hands in the process's own. */
export interface ProgramContext {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly stdout: (data: string | Uint8Array) => void
  readonly stderr: (text: string) => void
  /** What is piped in, and where large output is piped to; asked for by commands that do so. */
  readonly openStdin: () => Readable
  readonly openStdout: () => Writable & { readonly isTTY?: boolean }
  /** Aborts when the person asks to stop. */
  readonly signal: AbortSignal
  /** Runs the gateway until `signal` aborts; resolves with the exit code. */
  readonly run: (config: Config) => Promise<number>
}

/** Exit codes of the program. */
export const ExitCode = { fine: 0, failed: 1, badUsage: 2 } as const

/**
 * Reads the command line and does what it says.
 *
 * @returns the exit code: 0 fine, 1 failed at run time, 2 bad usage or settings
 */
export async function runCommandLine(
  args: readonly string[],
  context: ProgramContext,
): Promise<number> {
  let code: number = ExitCode.fine
  const setCode = (value: number): void => {
    code = value
  }
  try {
    await createProgram(context, setCode).parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Help and version end this way too; commander has printed everything already.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? ExitCode.fine : ExitCode.badUsage
    if (!(error instanceof GatewayError)) throw error
    context.stderr(`spangate: ${error.message}\n`)
    const usage = error.code === 'bad_settings' || error.code === 'invalid_argument'
    return usage ? ExitCode.badUsage : ExitCode.failed
  }
}

function createProgram(context: ProgramContext, setCode: (code: number) => void): Command {
  const program = new Command('spangate')
    .description('Tracing gateway and back end. Without a command it runs the gateway.')
    .version(context.version)
    .option('--config <file>', `YAML file with settings (or ${configFileVariable})`)
    .configureOutput({
      writeOut: context.stdout,
      writeErr: context.stderr,
      outputError: (text, write) => write(oneLine(text)),
    })
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .enablePositionalOptions()
    .allowExcessArguments()
    .exitOverride()
    .action(async (flags: Record<string, string>, command: Command) => {
      const [unknown] = command.args
      if (unknown !== undefined) command.error(`error: unknown command '${unknown}'`)
      setCode(await context.run(configOf(flags, context)))
    })
  for (const [name, setting] of Object.entries(settings)) {
    const shown = `${setting.doc} [${textOfValue(setting, setting.default)}; ${environmentName(name)}]`
    const option = new Option(`--${name} <value>`, shown)
    // Names with dots stay as they are instead of becoming camelCase properties.
    option.attributeName = () => name
    program.addOption(option)
  }
  addGenerate(program, context, setCode)
  addTrace(program, context, setCode)
  addConvert(program, context, setCode)
  addStorage(program, context, setCode)
  addSampling(program, context, setCode)
  return program
}

/** Commander's message with its advice, as all our other ones are. */
function oneLine(text: string): string {
  const line = text
    .trimEnd()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
  return `spangate: ${line}; --help lists what there is\n`
}

function configOf(flags: Readonly<Record<string, string>>, context: ProgramContext): Config {
  const { config: fileFlag, ...rest } = flags
  const fileName = fileFlag ?? context.environment[configFileVariable]
  const loaded = loadConfig({
    flags: new Map(Object.entries(rest)),
    environment: context.environment,
    file: fileName === undefined ? undefined : { name: fileName, text: readFile(fileName) },
  })
  if (loaded.kind === 'config') return loaded.config
  throw new GatewayError('bad_settings', loaded.problems.join('\nspangate: '))
}

function readFile(name: string): string {
  try {
    return readFileSync(name, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('bad_settings', `Cannot read settings: ${why}`, { cause })
  }
}

function addGenerate(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  program
    .command('generate')
    .allowExcessArguments(false)
    .description('Send traces of a small shop over OTLP gRPC, to try things out or as load.')
    .option('--endpoint <host:port>', 'OTLP gRPC receiver', 'localhost:4317')
    .option('--rate <traces>', 'traces a second, about 9 spans each', '10')
    .option('--duration <duration>', 'how long, such as 30s or 5m', '10s')
    .option(
      '--seed <number>',
      'makes the same ids and shapes again',
      String(Date.now() % 1_000_000),
    )
    .action(async (flags: Record<'endpoint' | 'rate' | 'duration' | 'seed', string>) => {
      const { generate } = await import('./generate/generate.ts')
      const result = await generate({
        endpoint: flags.endpoint,
        rate: numberOf('--rate', flags.rate, { min: 0.01, max: 1_000_000 }),
        durationMs: durationOf('--duration', flags.duration),
        seed: numberOf('--seed', flags.seed, { min: 0, max: 2 ** 32 - 1 }),
        signal: context.signal,
        progress: (line) => context.stderr(`${line}\n`),
      })
      if (result.problem !== undefined) context.stderr(`spangate: ${result.problem}\n`)
      setCode(result.failed + result.rejected > 0 ? ExitCode.failed : ExitCode.fine)
    })
}

interface TraceFlags {
  readonly endpoint: string
  readonly format: OutputName
  readonly json?: true
  readonly timeout: string
}

function addTrace(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  const trace = program.command('trace').description('Read traces from a running gateway.')
  trace
    .command('get')
    .allowExcessArguments(false)
    .argument('<id>', 'trace id, hex')
    .description('Print one trace as a tree, or in a format of convert.')
    .option('--endpoint <host:port>', 'query service (gRPC)', 'localhost:16685')
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(outputNames).default('tree'),
    )
    .option('--json', 'the same as --format otlp_json')
    .option('--timeout <duration>', 'how long to wait', '30s')
    .action(async (traceId: string, flags: TraceFlags) => {
      const { getTrace } = await import('./trace/get-trace.ts')
      const { renderTrace } = await import('./trace/render-trace.ts')
      const timeoutMs = durationOf('--timeout', flags.timeout)
      try {
        const batches = await getTrace({ endpoint: flags.endpoint, traceId, timeoutMs })
        const rendered = renderTrace(batches, flags.json ? 'otlp_json' : flags.format)
        if (typeof rendered !== 'string' && context.openStdout().isTTY === true) {
          const state = `${flags.format} is binary and this is a terminal`
          throw new GatewayError('invalid_argument', `Cannot print the trace: ${state}`)
        }
        context.stdout(rendered)
      } catch (error) {
        if (error instanceof GatewayError) throw error
        context.stderr(`spangate: ${explain(error, flags.endpoint)}\n`)
        setCode(ExitCode.failed)
      }
    })
}

interface ConvertFlags {
  readonly from?: InputName
  readonly to: OutputName
  readonly output: string
  readonly keepGoing?: true
  readonly maxPartSize: string
}

function addConvert(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  program
    .command('convert')
    .allowExcessArguments(false)
    .argument('[file]', 'what is read, also gzip; - is standard input', '-')
    .description('Read spans in one format and write them in another, of any size.')
    .addOption(new Option('--from <format>', 'left out, the file tells it').choices(inputNames))
    .addOption(
      new Option('--to <format>', 'what is written').choices(outputNames).makeOptionMandatory(),
    )
    .option('-o, --output <file>', 'where to; - is standard output', '-')
    .option('--keep-going', 'pass over documents that cannot be read; the exit code is 1 then')
    .option('--max-part-size <size>', 'most that is held of the file at once', '64MiB')
    .action(async (input: string, flags: ConvertFlags) => {
      const { convert } = await import('./convert/convert.ts')
      const isWell = await convert({
        input,
        output: flags.output,
        from: flags.from,
        to: flags.to,
        keepGoing: flags.keepGoing === true,
        partBytesMax: sizeOf('--max-part-size', flags.maxPartSize),
        stdin: context.openStdin,
        stdout: context.openStdout,
        line: (text) => context.stderr(`spangate: ${text}\n`),
      })
      setCode(isWell ? ExitCode.fine : ExitCode.failed)
    })
}

function addStorage(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  const storage = program
    .command('storage')
    .description('Back up, restore and check the files of a sqlite: store.')
  const lines = {
    stdout: (line: string) => context.stdout(`${line}\n`),
    stderr: (line: string) => context.stderr(`spangate: ${line}\n`),
  }
  type Storage = typeof import('./storage/storage.ts')
  const add = (usage: string, description: string): Command =>
    storage
      .command(usage)
      .allowExcessArguments(false)
      .description(description)
      .option('--store <address>', 'the store; by default that of the settings')
  const run = async (
    flags: { store?: string },
    work: (storage: Storage, store: string) => boolean,
  ): Promise<void> => {
    const store = flags.store ?? configOf(program.opts(), context).store
    const isWell = work(await import('./storage/storage.ts'), store)
    setCode(isWell ? ExitCode.fine : ExitCode.failed)
  }
  add(
    'backup <directory>',
    'Copy all files into an empty directory, also while a gateway runs.',
  ).action((target: string, flags: { store?: string }) =>
    run(flags, ({ backup }, store) => backup(store, target, lines)),
  )
  add(
    'restore <directory>',
    'Put the files of a backup into a store, also while a gateway runs.',
  ).action((source: string, flags: { store?: string }) =>
    run(flags, ({ restore }, store) => restore(store, source, lines)),
  )
  add(
    'check',
    'Read every span and compare it with what it is found by; 1 when one is damaged.',
  ).action((flags: { store?: string }) => run(flags, ({ check }, store) => check(store, lines)))
}

function addSampling(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  const sampling = program
    .command('sampling')
    .description('Look into the strategies that clients are told, without a gateway.')
  const commandOf = (given: string | undefined) => {
    const config = configOf(program.opts(), context)
    const location = given ?? config['sampling.strategies']
    if (location === '') {
      const state = 'must be named by --strategies or sampling.strategies'
      throw new GatewayError('invalid_argument', `Cannot read strategies: a file or URL ${state}`)
    }
    return {
      location,
      defaultProbability: config['sampling.default-probability'],
      timeoutMs: config['sampling.timeout'],
      bytesMax: config['sampling.max-size'],
      signal: context.signal,
      stdout: (line: string) => context.stdout(`${line}\n`),
      stderr: (line: string) => context.stderr(`spangate: ${line}\n`),
    }
  }
  sampling
    .command('check')
    .allowExcessArguments(false)
    .argument('[file]', 'a file or URL; by default that of the settings')
    .description('Tell what is wrong with strategies, line by line; 1 when they cannot be used.')
    .action(async (file: string | undefined) => {
      const { check } = await import('./sampling/sampling.ts')
      setCode((await check(commandOf(file))) ? ExitCode.fine : ExitCode.failed)
    })
  sampling
    .command('explain')
    .allowExcessArguments(false)
    .argument('<service>')
    .argument('<operation>')
    .option('--strategies <file>', 'a file or URL; by default that of the settings')
    .description('Show what clients do with an operation, and which rule says so.')
    .action(async (service: string, operation: string, flags: { strategies?: string }) => {
      const { explain } = await import('./sampling/sampling.ts')
      await explain(commandOf(flags.strategies), service, operation)
    })
}

function numberOf(
  flag: string,
  text: string,
  limits: { readonly min: number; readonly max: number },
): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= limits.min && value <= limits.max) return value
  throw new GatewayError(
    'invalid_argument',
    `Cannot use ${flag}: must be a number from ${limits.min} to ${limits.max}, is "${text}"`,
  )
}

function sizeOf(flag: string, text: string): number {
  const bytes = byteSizeOfText(text)
  // Longer ones do not fit into one buffer, twice, with every version of Node.
  if (bytes !== undefined && bytes >= 1024 && bytes <= 1024 ** 3) return bytes
  throw new GatewayError(
    'invalid_argument',
    `Cannot use ${flag}: must be a size from 1KiB to 1GiB, is "${text}"`,
  )
}

function durationOf(flag: string, text: string): number {
  const valueMs = durationMsOfText(text)
  if (valueMs !== undefined) return valueMs
  throw new GatewayError(
    'invalid_argument',
    `Cannot use ${flag}: must be a duration such as 30s or 5m, is "${text}"`,
  )
}
