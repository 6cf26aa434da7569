import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { configFileVariable, loadConfig } from '../config/load-config.ts'
import { textOfValue } from '../config/setting.ts'
import type { Config } from '../config/settings.ts'
import { environmentName, settings } from '../config/settings.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { endpointForms } from './endpoint.ts'
import { durationOf, numberOf, sizeOf } from './flag-values.ts'
import type { InputName, OutputName } from './formats/format-names.ts'
import { inputNames, outputNames } from './formats/format-names.ts'
import type { ProgramContext } from './program-context.ts'
import { ExitCode } from './program-context.ts'
import { addWatch } from './sampling/watch-command.ts'
import { addStatus } from './status/status-command.ts'
import { addTrace } from './trace/trace-commands.ts'

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
  for (const option of settingOptions()) program.addOption(option)
  addGenerate(program, context, setCode)
  addTrace(program, context, setCode)
  addConvert(program, context, setCode)
  addStorage(program, context, setCode)
  addSchema(program, context, setCode)
  addDoctor(program, context, setCode)
  addStatus(program, context, setCode)
  addSampling(program, context, setCode)
  return program
}

/** A flag for each setting. */
function* settingOptions(): Generator<Option> {
  for (const [name, setting] of Object.entries(settings)) {
    const shown = `${setting.doc} [${textOfValue(setting, setting.default)}; ${environmentName(name)}]`
    const option = new Option(`--${name} <value>`, shown)
    // Names with dots stay as they are instead of becoming camelCase properties.
    option.attributeName = () => name
    yield option
  }
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
    .option('--endpoint <address>', `OTLP gRPC receiver, ${endpointForms}`, 'localhost:4317')
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
    .description('Look into the strategies that clients are told.')
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
  addWatch(sampling, context)
}

function addSchema(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  const schema = program
    .command('schema')
    .description('Look at and change the tables of a cassandra: store.')
  type Schema = typeof import('./schema/schema.ts')
  const add = (
    name: string,
    description: string,
    work: (
      schema: Schema,
      of: import('./schema/schema.ts').SchemaContext,
      flags: SchemaFlags,
    ) => Promise<boolean>,
  ): Command =>
    schema
      .command(name)
      .allowExcessArguments(false)
      .description(description)
      .option('--store <address>', 'the store; by default that of the settings')
      .action(async (flags: SchemaFlags) => {
        const config = configOf(
          { ...program.opts(), ...(flags.store && { store: flags.store }) },
          context,
        )
        const isWell = await work(
          await import('./schema/schema.ts'),
          {
            config,
            stdout: (line) => context.stdout(`${line}\n`),
            stderr: (line) => context.stderr(`spangate: ${line}\n`),
          },
          flags,
        )
        setCode(isWell ? ExitCode.fine : ExitCode.failed)
      })
  add(
    'status',
    'Say what the keyspace is; 1 when a gateway would not run with it.',
    (of, context) => of.status(context),
  )
  add('plan', 'Print the statements that are missing, for cqlsh.', (of, context) =>
    of.plan(context),
  )
  add(
    'migrate',
    'Make the keyspace and its tables, or bring them up to date.',
    (of, context, flags) => of.migrateSchema(context, flags.dryRun === true),
  ).option('--dry-run', 'print the statements, as plan does, and run none')
  add(
    'verify',
    'Compare the tables with those that are needed; 1 when one differs.',
    (of, context) => of.verify(context),
  )
  add(
    'cutover',
    "Send new spans of a keyspace of Jaeger's to other tables; gateways read both.",
    (of, context, { to, tables, back }) =>
      of.cutover(context, { to, tables, isBack: back === true }),
  )
    .option('--to <keyspace>', 'where the other tables are to be; by default the same keyspace')
    .option('--tables <layout>', 'native, the default, or v004, those of a newer Jaeger')
    .option('--back', "send new spans to Jaeger's tables again")
}

/** Flags of the commands of `schema`. */
interface SchemaFlags {
  readonly store?: string
  readonly dryRun?: true
  readonly to?: string
  readonly tables?: string
  readonly back?: true
}

function addDoctor(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  const command = program
    .command('doctor')
    .allowExcessArguments(false)
    .description(
      'Look whether the gateway could run with its settings: versions, clock, store, ports. Settings are given as to the gateway.',
    )
    .addOption(new Option('--config <file>').hideHelp())
    .action(async (flags: Record<string, string>) => {
      const { doctor } = await import('./doctor/doctor.ts')
      const config = configOf({ ...program.opts(), ...flags }, context)
      const isWell = await doctor(config, context.version, (line) => context.stdout(`${line}\n`))
      setCode(isWell ? ExitCode.fine : ExitCode.failed)
    })
  for (const option of settingOptions()) command.addOption(option.hideHelp())
}
