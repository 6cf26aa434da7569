import type { Command } from 'commander'
import { httpEndpointDefault } from '../ask-gateway.ts'
import { endpointForms, urlOfEndpoint } from '../endpoint.ts'
import { durationOf, numberOf } from '../flag-values.ts'
import type { ProgramContext } from '../program-context.ts'

interface Flags {
  readonly endpoint: string
  readonly service?: string
  readonly limit: string
  readonly interval: string
  readonly once?: true
  readonly json?: true
}

/** Adds `spangate sampling watch`. */
export function addWatch(sampling: Command, context: ProgramContext): void {
  sampling
    .command('watch')
    .allowExcessArguments(false)
    .option('--endpoint <address>', `HTTP API of a gateway, ${endpointForms}`, httpEndpointDefault)
    .option('--service <name>', 'only operations of this service')
    .option('--limit <count>', 'most operations, the busiest', '40')
    .option('--interval <duration>', 'how often to look', '2s')
    .option('--once', 'look once')
    .option('--json', 'a line of JSON for each look')
    .description('Show rates and shares of a running gateway, and who calculates them.')
    .action(async (flags: Flags) => {
      const { watch } = await import('./watch.ts')
      const everyMs = Math.max(100, durationOf('--interval', flags.interval))
      const limit = Math.floor(numberOf('--limit', flags.limit, { min: 1, max: 10_000 }))
      const endpoint = urlOfEndpoint(flags.endpoint)
      await watch({
        endpoint,
        service: flags.service,
        limit,
        everyMs,
        once: flags.once === true,
        json: flags.json === true,
        isTerminal: context.openStdout().isTTY === true,
        signal: context.signal,
        stdout: context.stdout,
        stderr: context.stderr,
      })
    })
}
