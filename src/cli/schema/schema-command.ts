import type { Command } from 'commander'
import { configOf } from '../config-of-flags.ts'
import type { ProgramContext } from '../program-context.ts'
import { ExitCode } from '../program-context.ts'
import type { SchemaContext } from './schema.ts'

interface Flags {
  readonly store?: string
  readonly dryRun?: true
  readonly to?: string
  readonly tables?: string
  readonly back?: true
}

/** Adds `spangate schema` with its commands. */
export function addSchema(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  const schema = program
    .command('schema')
    .description('Look at and change the tables of a cassandra: store.')
  type Schema = typeof import('./schema.ts')
  const add = (
    name: string,
    description: string,
    work: (schema: Schema, of: SchemaContext, flags: Flags) => Promise<boolean>,
  ): Command =>
    schema
      .command(name)
      .allowExcessArguments(false)
      .description(description)
      .option('--store <address>', 'the store; by default that of the settings')
      .action(async (flags: Flags) => {
        const config = configOf(
          { ...program.opts(), ...(flags.store && { store: flags.store }) },
          context,
        )
        const isWell = await work(
          await import('./schema.ts'),
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
    (of, context, { to, tables, back, dryRun }) =>
      of.cutover(context, { to, tables, isBack: back === true, dryRun: dryRun === true }),
  )
    .option('--to <keyspace>', 'where the other tables are to be; by default the same keyspace')
    .option('--tables <layout>', 'native, the default, or v004, those of a newer Jaeger')
    .option('--back', "send new spans to Jaeger's tables again")
    .option('--dry-run', 'print the statements, for cqlsh, and run none')
}
