import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'

let ticksPerSecond = 0

/** CPU seconds, user and system, of all threads of a process so far. Linux only. */
export function cpuSecondsOf(pid: number): number {
  ticksPerSecond ||= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the name in parentheses, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** CPU seconds of this process so far. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Resident memory of a process now, in bytes. */
export function residentBytesOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024
}

/** Reads the resident memory of a process regularly. */
export class ResidentSampler {
  /** Bytes, in order. */
  readonly samples: number[] = []
  readonly #timer: NodeJS.Timeout

  constructor(pid: number, everyMs: number) {
    this.samples.push(residentBytesOf(pid))
    this.#timer = setInterval(() => {
      try {
        this.samples.push(residentBytesOf(pid))
      } catch {
        // The process has ended; who waits for it says so.
        clearInterval(this.#timer)
      }
    }, everyMs)
  }

  /** The most bytes of all samples. */
  get peakBytes(): number {
    return this.samples.reduce((most, sample) => Math.max(most, sample), 0)
  }

  /** The last sample. */
  get finalBytes(): number {
    return this.samples.at(-1) ?? 0
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

/**
 * The process that listens on a TCP port of this machine.
 *
 * @throws Error when there is none that we may look at
 */
export function pidOfPort(port: number): number {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const inodes = new Set<string>()
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      // 0A is LISTEN.
      if (fields[1]?.endsWith(wanted) && fields[3] === '0A') inodes.add(`socket:[${fields[9]}]`)
    }
  }
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && holdsAny(name, inodes)) return Number(name)
  }
  throw new Error(`Cannot find the process of port ${port}: nothing visible listens there`)
}

function holdsAny(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`))
      } catch {
        return false // Closed since it was listed.
      }
    })
  } catch {
    return false // Another user's process, or one that has ended.
  }
}

/** Bytes of all files below a folder as the disk holds them. */
export function diskBytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * 512, 0)
}
