import type { SearchBound } from '../ports/span-store.ts'

/** A bound as answers name it: `search.max-time=30000`. */
export function boundText({ setting, limit }: SearchBound): string {
  return `${setting}=${limit}`
}
