import type { Command } from 'commander'
import { configOf } from '../config-of-flags.ts'
import type { ProgramContext } from '../program-context.ts'
import { ExitCode } from '../program-context.ts'

/** Adds `spangate storage` with its commands. */
export function addStorage(
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
  type Storage = typeof import('./storage.ts')
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
    const isWell = work(await import('./storage.ts'), store)
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
