import type { Command } from 'commander'
import { httpEndpointDefault } from '../ask-gateway.ts'
import { endpointForms, urlOfEndpoint } from '../endpoint.ts'
import type { ProgramContext } from '../program-context.ts'
import { ExitCode } from '../program-context.ts'
import { terminalOf } from '../terminal.ts'

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
    .option('--endpoint <address>', `HTTP API of a gateway, ${endpointForms}`, httpEndpointDefault)
    .option('--json', 'all of it as JSON')
    .description(
      'Show how a running gateway does: what it takes, keeps and loses, and what to look at; 1 when it is not ready.',
    )
    .action(async (flags: Flags) => {
      const endpoint = urlOfEndpoint(flags.endpoint)
      const { showStatus } = await import('./show-status.ts')
      const isReady = await showStatus({
        endpoint,
        signal: context.signal,
        json: flags.json === true,
        isColoured: terminalOf(context).isColoured,
        stdout: context.stdout,
      })
      setCode(isReady ? ExitCode.fine : ExitCode.failed)
    })
}
