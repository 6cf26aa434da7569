import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A clock that a test moves, for programs that are started with its `env`. */
export interface ProgramClock {
  readonly env: Readonly<Record<string, string>>
  /** From now on it is ahead of the real one by so many ms. */
  move(aheadMs: number): void
}

/** How far the middle of the running hour is ahead, ms: no hour ends while a test with that clock runs. */
export function middleOfHourMs(): number {
  return hourMs / 2 - (Date.now() % hourMs)
}

const hourMs = 3_600_000

/** A clock that is right at first, kept in a file of the folder. */
export function programClock(folder: string): ProgramClock {
  const file = join(folder, 'clock')
  // At once: the program reads it at any time, and half of it would be another clock.
  const move = (aheadMs: number): void => {
    writeFileSync(`${file}.new`, String(aheadMs))
    renameSync(`${file}.new`, file)
  }
  move(0)
  const preload = new URL('./moved-clock.js', import.meta.url).href
  return { env: { NODE_OPTIONS: `--import=${preload}`, TEST_CLOCK_FILE: file }, move }
}
