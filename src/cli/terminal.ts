import type { ProgramContext } from './program-context.ts'

/** How output to people may look. */
export interface Terminal {
  readonly isColoured: boolean
  /** How wide it is; undefined where output goes to a file or another program. */
  readonly columns: number | undefined
}

/**
 * What stands behind standard output. Colours are for terminals that have them, unless somebody wants none
 * (https://no-color.org: any value but the empty one).
 */
export function terminalOf({
  environment,
  openStdout,
}: Pick<ProgramContext, 'environment' | 'openStdout'>): Terminal {
  const { isTTY = false, columns } = openStdout()
  return {
    isColoured: isTTY && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb',
    // A terminal that does not know its width says 0.
    columns: isTTY && columns !== undefined && columns > 0 ? columns : undefined,
  }
}
