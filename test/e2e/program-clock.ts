import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A clock that a test moves, for programs that are started with its `env`. */
export interface ProgramClock {
  readonly env: Readonly<Record<string, string>>
  /** From now on it is ahead of the real one by so many ms. */
  move(aheadMs: number): void
}

/** A clock that is right at first, kept in a file of the folder. */
export function programClock(folder: string): ProgramClock {
  const file = join(folder, 'clock')
  const move = (aheadMs: number): void => writeFileSync(file, String(aheadMs))
  move(0)
  const preload = new URL('./moved-clock.js', import.meta.url).href
  return { env: { NODE_OPTIONS: `--import=${preload}`, TEST_CLOCK_FILE: file }, move }
}
