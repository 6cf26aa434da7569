import { traceKeysOf } from '../trace-keys.ts'
import type { FileConnection } from './file-connection.ts'
import type { FileReader } from './file-reader.ts'
import { openBlockOf } from './pending-row.ts'

/**
 * Numbers of the traces of a file (src/stores/trace-keys.ts), ascending: of all of them, or of those that
 * were stored last. What cannot be read is left out. Yields between blocks.
 *
 * @param keysMax how many are read, repeats among them
 */
export function* lastTraceKeys(
  file: FileReader,
  keysMax: number,
): Generator<undefined, Float64Array> {
  const keys = new Float64Array(keysMax)
  let count = 0
  for (const [table, traceIdsOf] of tables) {
    let before = Number.MAX_SAFE_INTEGER
    while (count < keysMax) {
      const owners = file.read((connection) => connection.owners(table, before, ownersPerList))
      for (const { id, tenant } of owners) {
        before = id
        const some = attempt(() =>
          file.read((connection) => traceKeysOf(tenant, traceIdsOf(connection, id))),
        )
        keys.set(some.subarray(0, keysMax - count), count)
        count = Math.min(keysMax, count + some.length)
        yield
      }
      if (owners.length < ownersPerList) break
    }
  }
  return withoutRepeats(keys.slice(0, count).sort())
}

/** Pending spans came last. */
const tables = [
  ['pending', pendingTraceIds],
  ['block', blockTraceIds],
] as const

/** Blocks or rows that are listed at once. */
const ownersPerList = 64

function blockTraceIds(connection: FileConnection, id: number): Uint8Array {
  return connection.reads.section(id, 'traceIds')
}

function pendingTraceIds(connection: FileConnection, id: number): Uint8Array {
  return openBlockOf(connection.rawPending(id)).traceIds
}

function attempt(read: () => Float64Array): Float64Array {
  try {
    return read()
  } catch {
    // The file goes, and what is damaged in it was told of when it was read.
    return new Float64Array(0)
  }
}

function withoutRepeats(sorted: Float64Array): Float64Array {
  return sorted.filter((key, at) => at === 0 || key !== sorted[at - 1])
}
