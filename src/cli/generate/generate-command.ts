import type { Command } from 'commander'
import { endpointForms } from '../endpoint.ts'
import { durationOf, numberOf } from '../flag-values.ts'
import type { ProgramContext } from '../program-context.ts'
import { ExitCode } from '../program-context.ts'

/** Adds `spangate generate`. */
export function addGenerate(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  program
    .command('generate')
    .allowExcessArguments(false)
    .description('Send traces of a small shop over OTLP gRPC, to try things out or as load.')
    .option('--endpoint <address>', `OTLP gRPC receiver, ${endpointForms}`, 'localhost:4317')
    .option('--rate <traces>', 'traces a second, about 7 spans each', '10')
    .option('--duration <duration>', 'how long, such as 30s or 5m', '10s')
    .option(
      '--seed <number>',
      'makes the same ids and shapes again',
      String(Date.now() % 1_000_000),
    )
    .action(async (flags: Record<'endpoint' | 'rate' | 'duration' | 'seed', string>) => {
      const { generate } = await import('./generate.ts')
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
