import type { SearchBound } from '../ports/span-store.ts'

/** Trailing metadata of an answer over gRPC that a limit cut short. */
export const searchBoundKey = 'spangate-search-bound'

/** A bound as answers name it: `search.max-time=30000`. */
export function boundText({ setting, limit }: SearchBound): string {
  return `${setting}=${limit}`
}

/** The bound that such a text names; undefined for other text. */
export function boundOfText(text: string): SearchBound | undefined {
  const [, setting, limit] = /^([\w.-]{1,100})=(\d{1,15})$/.exec(text) ?? []
  return setting === undefined ? undefined : { setting, limit: Number(limit) }
}
