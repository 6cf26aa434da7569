import type { SearchBound } from '../../ports/span-store.ts'
import { boundText } from '../../search/bound-text.ts'

/** The members `searchBound` and `nextCursor` that end a result, each after a comma; Jaeger's answers have neither. */
export function endMembers(bound: SearchBound | undefined, nextCursor: string | undefined): string {
  const told = bound === undefined ? '' : `,"searchBound":${JSON.stringify(boundText(bound))}`
  return nextCursor === undefined ? told : `${told},"nextCursor":${JSON.stringify(nextCursor)}`
}
