import type { Readable, Writable } from 'node:stream'
import type { Config } from '../config/settings.ts'

/** What the command line needs from outside; main.ts hands in the process's own. */
export interface ProgramContext {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly stdout: (data: string | Uint8Array) => void
  readonly stderr: (text: string) => void
  /** What is piped in, and where large output is piped to; asked for by commands that do so. */
  readonly openStdin: () => Readable
  readonly openStdout: () => Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** Aborts when the person asks to stop. */
  readonly signal: AbortSignal
  /** Runs the gateway until `signal` aborts; resolves with the exit code. */
  readonly run: (config: Config) => Promise<number>
}

/** Exit codes of the program. */
export const ExitCode = { fine: 0, failed: 1, badUsage: 2 } as const
