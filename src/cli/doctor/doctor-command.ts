import type { Command } from 'commander'
import { addSettings, configOf } from '../config-of-flags.ts'
import type { ProgramContext } from '../program-context.ts'
import { ExitCode } from '../program-context.ts'

/** Adds `spangate doctor`. It takes the settings as the gateway does, before its name or behind it. */
export function addDoctor(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  const doctor = program
    .command('doctor')
    .allowExcessArguments(false)
    .description(
      'Look whether the gateway could run with its settings: versions, clock, store, ports. Settings are given as to the gateway.',
    )
    .action(async (flags: Record<string, string>) => {
      const { doctor } = await import('./doctor.ts')
      const config = configOf({ ...program.opts(), ...flags }, context)
      const isWell = await doctor(config, context.version, (line) => context.stdout(`${line}\n`))
      setCode(isWell ? ExitCode.fine : ExitCode.failed)
    })
  addSettings(doctor, true)
}
