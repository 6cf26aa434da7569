import type { Command } from 'commander'
import { checkEndpoint, httpEndpointDefault } from '../ask-gateway.ts'
import type { ProgramContext } from '../program-context.ts'
import { ExitCode } from '../program-context.ts'

interface Flags {
  readonly endpoint: string
  readonly json?: true
}

/** Adds `spangate status`. */
export function addStatus(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  program
    .command('status')
    .allowExcessArguments(false)
    .option('--endpoint <url>', 'the HTTP API of a gateway', httpEndpointDefault)
    .option('--json', 'all of it as JSON')
    .description(
      'Show how a running gateway does: what it takes, keeps and loses, and what to look at; 1 when it is not ready.',
    )
    .action(async (flags: Flags) => {
      checkEndpoint(flags.endpoint)
      const { showStatus } = await import('./show-status.ts')
      const isReady = await showStatus({
        endpoint: flags.endpoint,
        signal: context.signal,
        json: flags.json === true,
        isColoured: context.openStdout().isTTY === true,
        stdout: context.stdout,
      })
      setCode(isReady ? ExitCode.fine : ExitCode.failed)
    })
}
