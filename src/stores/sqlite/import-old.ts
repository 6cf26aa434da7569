import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { SpanWrite } from './file-writer.ts'
import type { OldRow } from './format-0.ts'
import { decodeOldRow, lastOldIdSql, oldFileName, oldRowsSql } from './format-0.ts'
import { openForReading, syncDirectory } from './open-database.ts'
import type { SpanWriter } from './span-writer.ts'
import { hourOfWrite } from './span-writer.ts'

/** What an import did. */
export interface ImportResult {
  readonly spanCount: number
  /** Rows that could not be read, and are lost with the old file. */
  readonly damagedRows: number
}

/** How far an import is. */
export interface ImportProgress {
  readonly spanCount: number
  /** Of the rows of the old file, whole. */
  readonly percent: number
}

/** Who is told how far an import is, and how often at most. */
export interface ImportReport {
  readonly onProgress: (progress: ImportProgress) => void
  /** By default 5 s. */
  readonly everyMs?: number
}

const reportEveryMs = 5000

/** Spans and rows that are committed together. */
const groupSpans = 4000
const groupRows = 1000

/**
 * Writes the spans of format 0 into files of the hours in which they arrived, and removes its file
 * when all of them are on disk. When it ends before, it begins anew at the next start: spans that are
 * stored twice are read once. Tells at its begin how far it is, and from time to time.
 */
export function importOldFile(
  directory: string,
  writer: SpanWriter,
  { onProgress, everyMs = reportEveryMs }: ImportReport,
): ImportResult {
  const path = join(directory, oldFileName)
  const database = openForReading(path)
  let spans = 0
  let damagedRows = 0
  try {
    const read = database.prepare<[number, number], OldRow>(oldRowsSql)
    const lastId = Number(database.prepare(lastOldIdSql).pluck().get() ?? 0)
    let after = 0
    onProgress({ spanCount: 0, percent: 0 })
    let reportedMs = performance.now()
    for (;;) {
      const rows = read.all(after, groupRows)
      if (rows.length === 0) break
      after = rows.at(-1)?.id ?? after
      const group: SpanWrite[] = []
      for (const row of rows) {
        const write = readRow(row)
        if (write === undefined) damagedRows++
        else group.push(write)
      }
      spans += commitAll(group, writer)
      while (writer.step(0)) {
        // What could wait does not: nobody waits here.
      }
      if (performance.now() - reportedMs < everyMs) continue
      onProgress({ spanCount: spans, percent: Math.floor((after / lastId) * 100) })
      reportedMs = performance.now()
    }
  } finally {
    database.close()
  }
  removeOldFile(path)
  syncDirectory(directory)
  return { spanCount: spans, damagedRows }
}

function readRow(row: OldRow): SpanWrite | undefined {
  try {
    return { tenant: row.tenant, batch: decodeOldRow(row) }
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'store_corrupt') return undefined
    throw error
  }
}

function commitAll(writes: readonly SpanWrite[], writer: SpanWriter): number {
  const byHour = new Map<number, SpanWrite[]>()
  let stored = 0
  const commit = (hour: number): void => {
    writer.commit(hour, byHour.get(hour) ?? [])
    byHour.delete(hour)
  }
  for (const write of writes) {
    writer.check(write)
    const hour = hourOfWrite(write)
    const group = byHour.get(hour) ?? []
    byHour.set(hour, group)
    group.push(write)
    stored += spanCount(write.batch)
    const spans = group.reduce((sum, { batch }) => sum + spanCount(batch), 0)
    if (spans >= groupSpans) commit(hour)
  }
  for (const hour of [...byHour.keys()]) commit(hour)
  return stored
}

/** The log goes first: without its file it would look like spans that nobody has seen yet. */
function removeOldFile(path: string): void {
  for (const end of ['-wal', '-shm', '']) rmSync(`${path}${end}`, { force: true })
}
