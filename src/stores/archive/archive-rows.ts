/** A row of an archive: some spans of one trace, as `encodeArchived` writes them. */
export interface ArchiveRow {
  /** 16 bytes, made from the content: the same spans have the same key. */
  readonly key: Uint8Array
  readonly bytes: Uint8Array
}

/** Which trace of which tenant. */
export interface ArchivedTraceId {
  readonly tenant: string
  /** 16 bytes. */
  readonly traceId: Uint8Array
}

/** What differs between archives: where rows are. */
export interface ArchiveRows {
  /** Resolves when the rows are durable. A row that is there already may be written again. */
  put(trace: ArchivedTraceId, rows: readonly ArchiveRow[], signal: AbortSignal): Promise<void>
  /** The bytes of all rows of a trace, by key; at most some MiB of them in memory. */
  rows(trace: ArchivedTraceId, signal: AbortSignal): AsyncIterable<Uint8Array>
}
