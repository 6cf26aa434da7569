/**
 * One prepared statement; each has a file of its own in `statements/`, which says what its parameters
 * are. All of them may be repeated without harm: what is written has a key made from its content.
 */
export interface Statement<Parameters extends readonly unknown[]> {
  /** Its label in the metrics. */
  readonly name: string
  readonly kind: 'read' | 'write'
  readonly cql: string
  /**
   * Whose clock says which of two writes of a row is the later one; the caller's where it is not said. A row that several
   * processes write over needs the cluster's: with one whose clock is ahead nobody else could write it for as long. So
   * does one with a list that can be added to: a write that is tried again has the caller's time of the first, at which
   * it does not replace the elements but adds them once more.
   */
  readonly timedBy?: 'cluster'
  /** How many of the first values are the key of its partition: texts, 32-bit numbers, times or bytes. */
  readonly partitionKey?: number
  /** Values in the order of the question marks, as the driver takes them. */
  readonly bind: (...parameters: Parameters) => readonly unknown[]
}

/** A statement with its values. */
export interface Bound {
  readonly name: string
  readonly kind: 'read' | 'write'
  readonly cql: string
  readonly timedBy?: 'cluster' | undefined
  readonly partitionKey?: number | undefined
  readonly values: readonly unknown[]
}

/** A statement that stores a row, of which the values come apart: rows are many, and all of them have the same. */
export interface RowStatement {
  readonly name: string
  readonly cql: string
  readonly timedBy?: 'cluster' | undefined
  readonly partitionKey?: number | undefined
}

/** A statement ready to be run. */
export function bound<Parameters extends readonly unknown[]>(
  { name, kind, cql, timedBy, partitionKey, bind }: Statement<Parameters>,
  ...parameters: Parameters
): Bound {
  return { name, kind, cql, timedBy, partitionKey, values: bind(...parameters) }
}

/** The same bytes as the driver wants them. */
export function blob(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
