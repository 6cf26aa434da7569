import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'
import { programEnvironment } from './program-environment.ts'

/** How a run of the program ended, and what it said. */
export interface Ran {
  /** Null when it had to be killed as it went on for too long. */
  readonly code: number | null
  readonly stdout: string
  /** Without the log. */
  readonly stderr: string
}

/** What differs between runs. */
export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** Runs the compiled program to its end with these arguments. */
export async function runProgram(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/src/main.js'), ...args], {
    cwd: options.cwd,
    env: programEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 60_000,
    killSignal: 'SIGKILL',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const lines = stderr.split('\n').filter((line) => !line.startsWith('{"level":'))
  return { code, stdout, stderr: lines.join('\n') }
}
