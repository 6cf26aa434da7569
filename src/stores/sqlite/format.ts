/**
 * Format 1 of the files: SQLite databases in WAL mode, one for the spans that arrived in one hour,
 * or several of them (store-files.ts). What is in a block is in docs/blocks.md.
 *
 *   meta     what the file is
 *   block    summaries of sealed blocks; ids count up from 1 without gaps, nothing is ever changed
 *   section  parts of blocks: id is block * 8 + number of the part
 *   chunk    bodies of some spans, compressed (chunk-codec.ts)
 *   pending  spans that are in no block yet, some commits each; rows vanish when they are sealed
 *   segment  of how many blocks, from its first, filter and trace know: block (id - 1) >> 6
 *   filter   pages of segments' filters: id is segment * 512 + page; one that is all zeros is absent
 *   trace    buckets of segments' traces: id is segment * 1024 + bucket
 *   name     which operations a service has
 *
 * Starts are the indexed ones (docs/adr/0003-span-identity.md), whole µs; arrival is ms; both since
 * the epoch. `far` is 1 for spans that start more than ten minutes from their arrival.
 */

/** The format that this version writes. */
export const fileFormat = 1

/** `SPGT`, at offset 68 of a file: how it says whose it is. */
export const applicationId = 0x53504754

/**
 * Most rows are blobs of 5 to 100 KiB: small pages leave little of them empty, and a page that is
 * changed again and again, as those of `pending` are, costs its whole size in the log.
 */
export const pageSize = 4096

/** Numbers of the parts of a block, in `section`. */
export const SectionNumber = { head: 0, columns: 1, ids: 2, traceIds: 3, terms: 4 } as const

/** Parts that are stored like chunks, compressed: names and times repeat; ids and hashes do not. */
export const packedSections: ReadonlySet<string> = new Set(['head', 'columns'])

/** Where a part of a block is in `section`. */
export function sectionId(block: number, name: keyof typeof SectionNumber): number {
  return block * 8 + SectionNumber[name]
}

const blobTable = (name: string, column: string): readonly [string, string] => [
  name,
  `CREATE TABLE ${name} (
  id INTEGER PRIMARY KEY,
  ${column} BLOB NOT NULL
) STRICT`,
]

/** The statements that make an empty file a store; compared with what a file holds. */
export const schema: ReadonlyMap<string, string> = new Map([
  [
    'meta',
    `CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
  ],
  [
    'block',
    `CREATE TABLE block (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  min_micros INTEGER NOT NULL,
  max_micros INTEGER NOT NULL,
  duration_max INTEGER NOT NULL,
  arrival_min INTEGER NOT NULL,
  arrival_max INTEGER NOT NULL,
  span_count INTEGER NOT NULL,
  chunks BLOB NOT NULL
) STRICT`,
  ],
  [
    'block_window',
    `CREATE INDEX block_window ON block
(tenant, max_micros, id, min_micros, duration_max, arrival_min, arrival_max, span_count)`,
  ],
  blobTable('section', 'bytes'),
  blobTable('chunk', 'bytes'),
  [
    'pending',
    `CREATE TABLE pending (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  far INTEGER NOT NULL,
  min_micros INTEGER NOT NULL,
  max_micros INTEGER NOT NULL,
  duration_max INTEGER NOT NULL,
  arrival_min INTEGER NOT NULL,
  arrival_max INTEGER NOT NULL,
  span_count INTEGER NOT NULL,
  body_bytes INTEGER NOT NULL,
  head BLOB NOT NULL,
  spans BLOB NOT NULL,
  chunks BLOB NOT NULL,
  bodies BLOB NOT NULL
) STRICT`,
  ],
  ['pending_tenant', 'CREATE INDEX pending_tenant ON pending (tenant, id)'],
  [
    'segment',
    `CREATE TABLE segment (
  id INTEGER PRIMARY KEY,
  blocks INTEGER NOT NULL
) STRICT`,
  ],
  blobTable('filter', 'bits'),
  blobTable('trace', 'entries'),
  [
    'name',
    `CREATE TABLE name (
  tenant TEXT NOT NULL,
  service TEXT NOT NULL,
  operation TEXT NOT NULL,
  kind INTEGER NOT NULL,
  PRIMARY KEY (tenant, service, operation, kind)
) STRICT, WITHOUT ROWID`,
  ],
])
