import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

const program = fileURLToPath(new URL('./store-process.js', import.meta.url))

/** A store process under way. */
export interface StoreProcess {
  readonly pid: number
  /** Every line it printed so far. */
  readonly lines: readonly string[]
  /** Resolves with the first line that begins so; rejects when the process ends without. */
  line(prefix: string): Promise<string>
  /** Writes a line to its standard input. */
  tell(line: string): void
  kill(signal: NodeJS.Signals): void
  /** Resolves when it has ended and everything that it printed is here; with its exit code. */
  ended(): Promise<number | null>
}

/** How to start one. */
export interface StartOptions {
  readonly args: readonly string[]
  /** A program and its arguments that run node, for example strace. */
  readonly under?: readonly string[]
  readonly uid?: number
}

/** Starts a store process that ends with the test. */
export function startStoreProcess(t: Test, options: StartOptions): StoreProcess {
  const { args, under = [], uid } = options
  const [command = process.execPath, ...rest] = [...under, process.execPath, program, ...args]
  const child = spawn(command, rest, {
    env: { PATH: process.env['PATH'] },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  t.teardown(() => child.kill('SIGKILL'))
  return follow(child)
}

function follow(child: ChildProcessWithoutNullStreams): StoreProcess {
  const lines: string[] = []
  const watchers = new Set<() => void>()
  const wake = (): void => {
    for (const watcher of watchers) watcher()
  }
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => {
    lines.push(line)
    wake()
  })
  let errors = ''
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString()
  })
  const ended = Promise.all([once(child, 'close'), once(reader, 'close')]).then(([[code]]) => {
    isOver = true
    wake()
    return code as number | null
  })
  let isOver = false
  return {
    pid: child.pid ?? 0,
    lines,
    line: (prefix) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find((line) => line.startsWith(prefix))
          if (found === undefined && !isOver) return
          watchers.delete(look)
          if (found !== undefined) resolve(found)
          else {
            const last = lines.slice(-5).join(' | ')
            const end = child.signalCode ?? child.exitCode
            reject(new Error(`no "${prefix}" before the end (${end}) in: ${last} ${errors}`))
          }
        }
        watchers.add(look)
        look()
      }),
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    ended: () => ended,
  }
}
