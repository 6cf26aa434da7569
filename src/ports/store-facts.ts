/** What a store knows of what it keeps, for people; times are ms since the epoch. */
export interface StoreFacts {
  /** Arrival of the oldest span that is kept; undefined where there is none, or nobody knows. */
  readonly oldestArrivalUnixMs?: number | undefined
  readonly newestArrivalUnixMs?: number | undefined
  /** When the oldest spans expire. */
  readonly nextExpiryUnixMs?: number | undefined
  /** How long spans live, where the store does not take that from the settings. */
  readonly retentionMs?: number | undefined
  /** True where another process keeps the spans, as long as it likes. */
  readonly isElsewhere?: true
  /** What only one kind of store has; undefined: nothing. */
  readonly details?: StoreDetails | undefined
}

/** Facts of one kind of store. */
export type StoreDetails =
  | ({ readonly kind: 'memory' } & MemoryFacts)
  | ({ readonly kind: 'sqlite' } & SqliteFacts)
  | ({ readonly kind: 'cassandra' } & CassandraFacts)

/** How much room an archive has taken, of how much. */
interface ArchiveRoom {
  readonly archiveBytes: number
  readonly archiveBytesMax: number
}

/** A store in memory. */
export interface MemoryFacts extends ArchiveRoom {
  /** Repeats are counted. */
  readonly spanCount: number
  readonly sizeBytes: number
  readonly bytesMax: number
}

/** A store in files. */
export interface SqliteFacts extends ArchiveRoom {
  /** Repeats are counted. */
  readonly spanCount: number
  readonly fileCount: number
  readonly hourCount: number
  /** Logs are counted. */
  readonly sizeBytes: number
  readonly bytesMax: number
  /** What the file system has left. */
  readonly freeBytes: number
  readonly damagedFileCount: number
  readonly waitingReads: number
  readonly waitingReadsMax: number
}

/** A store in a cluster. */
export interface CassandraFacts {
  readonly keyspace: string
  readonly layout: 'native' | 'jaeger'
  readonly schemaVersion: string
  readonly datacentre: string
  readonly consistency: string
  readonly nodes: readonly ClusterNode[]
  readonly cutover: CutoverFacts | undefined
}

/** A node as the driver sees it. */
export interface ClusterNode {
  readonly address: string
  readonly datacentre: string
  readonly isUp: boolean
}

/** New spans go to other tables than they did. */
export interface CutoverFacts {
  readonly newTables: string
  readonly oldKeyspace: string
  readonly sinceUnixMs: number
  /** Undefined: the others are read for ever. */
  readonly readUntilUnixMs: number | undefined
}
