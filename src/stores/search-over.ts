import type { SearchBound } from '../ports/span-store.ts'

/** Ends a search at its bound, wherever it is. */
export class SearchOver extends Error {
  readonly bound: SearchBound

  constructor(bound: SearchBound) {
    super(`${bound.setting} is reached`)
    this.bound = bound
  }
}
