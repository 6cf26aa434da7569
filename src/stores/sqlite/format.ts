/**
 * Format 0 of the files: `spans.db`, an SQLite database in WAL mode.
 *
 *   meta   what the file is
 *   part   spans of one trace out of one request, at most `bodyBytesMax` of them; never changed
 *   name   which operations a service has
 *
 * A part's key is (tenant, trace, SHA-256 of its body, 16 bytes): content alone, so that a request
 * sent again overwrites itself. `id` is where the row lies, and no other row or file refers to it.
 * The body is one format byte and an OTLP TracesData message. Starts are the indexed ones
 * (docs/adr/0003-span-identity.md), whole µs; arrival is ms; both since the epoch. The retention, ms,
 * is the one by which the row's starts were indexed: the setting may be another one later.
 */

/** The format that this version reads and writes. */
export const fileFormat = 0

/** `SPGT`, at offset 68 of spans.db: how the file says whose it is. */
export const applicationId = 0x53504754

/** First byte of a body. */
export const bodyFormat = 0

/**
 * A trace's spans of one request are cut into bodies of at most this, unless one span is longer.
 * Well under the port's 1 MiB: it is also what a search reads to look at one span.
 */
export const bodyBytesMax = 256 * 1024

/** Bodies are a few KiB, so a larger page spares overflow chains; see docs/storage.md. */
export const pageSize = 8192

/** `service_bits` has one bit for each service of a part, out of this many. */
export const serviceBitCount = 52

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
    'part',
    `CREATE TABLE part (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  trace BLOB NOT NULL,
  part BLOB NOT NULL,
  arrival INTEGER NOT NULL,
  retention INTEGER NOT NULL,
  start_min INTEGER NOT NULL,
  start_max INTEGER NOT NULL,
  duration_max INTEGER NOT NULL,
  service_bits INTEGER NOT NULL,
  span_count INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT`,
  ],
  ['part_key', 'CREATE UNIQUE INDEX part_key ON part (tenant, trace, part)'],
  [
    'part_window',
    `CREATE INDEX part_window
ON part (tenant, start_max, start_min, duration_max, service_bits, arrival, retention, trace)`,
  ],
  ['part_arrival', 'CREATE INDEX part_arrival ON part (arrival, span_count)'],
  [
    'name',
    `CREATE TABLE name (
  tenant TEXT NOT NULL,
  service TEXT NOT NULL,
  operation TEXT NOT NULL,
  kind INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  PRIMARY KEY (tenant, service, operation, kind)
) STRICT, WITHOUT ROWID`,
  ],
])

/**
 * The bit of a service in `service_bits`, as a number: a part without the bit has no span of the
 * service, one with it may have. FNV-1a over the UTF-8 bytes, modulo the count of bits.
 */
export function serviceBit(service: Uint8Array): number {
  return 2 ** serviceBitIndex(service)
}

/** Position of that bit. */
export function serviceBitIndex(service: Uint8Array): number {
  let hash = 0x811c_9dc5
  for (const byte of service) hash = Math.imul(hash ^ byte, 0x0100_0193)
  return (hash >>> 0) % serviceBitCount
}
