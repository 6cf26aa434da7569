import type { SearchBound } from '../ports/span-store.ts'

/** Most bytes of a list of names in one answer; clients take 4 MiB by default, messages of ours 1 MiB. */
export const listBytesMax = 1024 * 1024

/** The bound as the answer's trailer names it, where a list had to be cut. */
const listBound: SearchBound = { setting: 'query.list-bytes', limit: listBytesMax }

/** What an entry takes besides its names: tags, lengths and a span kind. */
const entryBytes = 24

/**
 * The first entries of a list that fit into one message, by an upper estimate of their size.
 *
 * @param copies how often the message has each name
 */
export function boundedList<T>(
  entries: readonly T[],
  nameOf: (entry: T) => string,
  copies = 1,
): { readonly kept: readonly T[]; readonly bound: SearchBound | undefined } {
  let sizeBytes = 0
  for (const [index, entry] of entries.entries()) {
    sizeBytes += copies * (Buffer.byteLength(nameOf(entry)) + entryBytes)
    if (sizeBytes > listBytesMax) return { kept: entries.slice(0, index), bound: listBound }
  }
  return { kept: entries, bound: undefined }
}
