import { Command, CommanderError, Help } from 'commander'
import { GatewayError } from '../errors/gateway-error.ts'
import { addSettings, configOf } from './config-of-flags.ts'
import { addConvert } from './convert/convert-command.ts'
import { addDoctor } from './doctor/doctor-command.ts'
import { addGenerate } from './generate/generate-command.ts'
import type { ProgramContext } from './program-context.ts'
import { ExitCode } from './program-context.ts'
import { ReaderGone } from './reader-gone.ts'
import { addSampling } from './sampling/sampling-command.ts'
import { addSchema } from './schema/schema-command.ts'
import { addStatus } from './status/status-command.ts'
import { addStorage } from './storage/storage-command.ts'
import { addTrace } from './trace/trace-command.ts'

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
    // What somebody wanted to see they have seen; only the exit code says that there was more.
    if (error instanceof ReaderGone) return ExitCode.failed
    context.stderr(`spangate: ${error.message}\n`)
    const usage = error.code === 'bad_settings' || error.code === 'invalid_argument'
    return usage ? ExitCode.badUsage : ExitCode.failed
  }
}

function createProgram(context: ProgramContext, setCode: (code: number) => void): Command {
  const program = new Command('spangate')
    .description('Tracing gateway and back end. Without a command it runs the gateway.')
    .version(context.version)
    .configureOutput({
      writeOut: context.stdout,
      writeErr: context.stderr,
      outputError: (text, write) => write(oneLine(text)),
    })
    .configureHelp({
      formatHelp(command, helper) {
        return commandsFirst(Help.prototype.formatHelp.call(this, command, helper))
      },
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
  addSettings(program)
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

/** Commands before the flags, of which the program has over a hundred. */
function commandsFirst(help: string): string {
  const flags = help.indexOf('\nOptions:\n')
  const commands = help.indexOf('\nCommands:\n')
  if (flags < 0 || commands < flags) return help
  return `${help.slice(0, flags)}${help.slice(commands)}${help.slice(flags, commands)}`
}

/** Commander's message with its advice, as all our other ones are. */
function oneLine(text: string): string {
  const line = text
    .trimEnd()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
  return `spangate: ${line}; --help lists what there is\n`
}
