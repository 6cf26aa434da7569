import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Finding } from './finding.ts'

/** What package.json asks for. */
const nodeMin = [20, 11] as const

/** Versions of the program and of Node. */
export function lookAtVersions(version: string, nodeVersion: string): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const isWell = major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])
  const needs = isWell ? '' : `; it needs Node ${nodeMin.join('.')} or later`
  return { name: 'versions', isWell, state: `spangate ${version} on Node ${nodeVersion}${needs}` }
}

/** What is known of times that have passed, ms since the epoch. */
export interface ClockFacts {
  readonly nowMs: number
  /** When the files of this program were written: it cannot be earlier now. */
  readonly builtMs: number
  /** What the file system says of a file that was just written. */
  readonly fileMs: number
}

/** Whether the clock can be right: spans are kept and searched by it. */
export function lookAtClock({ nowMs, builtMs, fileMs }: ClockFacts): Finding {
  const name = 'clock'
  const shown = new Date(nowMs).toISOString()
  const hint = 'set the clock, for instance by NTP'
  if (nowMs < builtMs - toleranceMs) {
    const built = new Date(builtMs).toISOString()
    return {
      name,
      isWell: false,
      state: `${shown} is before this program was made, ${built}; ${hint}`,
    }
  }
  const apartMs = Math.abs(nowMs - fileMs)
  if (apartMs > toleranceMs) {
    const seconds = Math.round(apartMs / 1000)
    return {
      name,
      isWell: false,
      state: `${shown} is ${seconds} s apart from the file system; ${hint}`,
    }
  }
  return { name, isWell: true, state: shown }
}

/** Asks the machine. */
export function readClock(): ClockFacts {
  const directory = mkdtempSync(join(tmpdir(), 'spangate-doctor-'))
  try {
    const file = join(directory, 'now')
    writeFileSync(file, '')
    const builtMs = statSync(fileURLToPath(import.meta.url)).mtimeMs
    return { nowMs: Date.now(), builtMs, fileMs: statSync(file).mtimeMs }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Clocks of file systems are coarse, and those of a network a little off. */
const toleranceMs = 5000
