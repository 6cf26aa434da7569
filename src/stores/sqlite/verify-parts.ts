import type Database from 'better-sqlite3'
import { damaged } from './inspect-file.ts'
import { bodyKey } from './part-row.ts'

/** How long reading parts at start may take, whatever the size of the file. */
const verifyMsMax = 200
/** Newest parts, where a crash would have left its traces. */
const newestPartsMax = 256
/** Parts at even distances over all others, where a bad disk might have. */
const sampledPartsMax = 256

/**
 * Compares some parts with their keys, which are hashes of the parts. Together with the size of
 * the file this finds a file that was cut or overwritten in large pieces; a single flipped bit in an
 * old part is found when that part is read.
 */
export function verifyParts(file: string, database: Database.Database): void {
  const range = database
    .prepare<[], { first: number | null; last: number | null }>(
      'SELECT min(id) AS first, max(id) AS last FROM part',
    )
    .get()
  if (range === undefined || range.first === null || range.last === null) return
  // Each index is entered at both ends: its root, and one path down to a leaf.
  database.prepare('SELECT min(arrival), max(arrival) FROM part').get()
  database.prepare('SELECT min(seen) FROM (SELECT seen FROM name LIMIT 1)').get()
  const read = database.prepare<
    [number],
    { part: Uint8Array; body: Uint8Array; trace: Uint8Array }
  >('SELECT part, body, trace FROM part WHERE id >= ? ORDER BY id LIMIT 1')
  const until = performance.now() + verifyMsMax
  for (const id of idsToVerify(range.first, range.last)) {
    if (performance.now() > until) return
    const row = read.get(id)
    if (row !== undefined && Buffer.compare(bodyKey(row.body), row.part) !== 0) {
      throw damaged(file, `the spans of trace ${Buffer.from(row.trace).toString('hex')} changed`)
    }
  }
}

function* idsToVerify(first: number, last: number): Iterable<number> {
  for (let id = last; id >= first && id > last - newestPartsMax; id--) yield id
  const step = Math.max(1, Math.floor((last - newestPartsMax - first) / sampledPartsMax))
  for (let id = first; id <= last - newestPartsMax; id += step) yield id
}
