import type { Command } from 'commander'
import { GatewayError } from '../../errors/gateway-error.ts'
import { configOf } from '../config-of-flags.ts'
import type { ProgramContext } from '../program-context.ts'
import { ExitCode } from '../program-context.ts'
import { addWatch } from './watch-command.ts'

/** Adds `spangate sampling` with its commands. */
export function addSampling(
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
      const { check } = await import('./sampling.ts')
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
      const { explain } = await import('./sampling.ts')
      await explain(commandOf(flags.strategies), service, operation)
    })
  addWatch(sampling, context)
}
