import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { GatewayError } from '../../errors/gateway-error.ts'
import { applicationId, fileFormat } from './format.ts'

/**
 * Looks at a file before SQLite opens it, so that one which is not ours, or no longer whole, is
 * never written to: opening alone may replay a journal.
 *
 * A file is created whole, before it becomes a WAL database, so that the header in the file itself
 * says whose it is at any later moment.
 *
 * Source: https://www.sqlite.org/fileformat2.html#the_database_header
 *
 * @returns 'new' where there is nothing yet, 'ours' where the header is right
 * @throws GatewayError 'store_unusable' for a file of others, 'store_corrupt' for a damaged one
 */
export function inspectFile(path: string, format = fileFormat): 'new' | 'ours' {
  const size = sizeOf(path)
  if (size === 0) {
    if (sizeOf(`${path}-wal`) > 0) {
      throw damaged(path, 'it is empty, while its write-ahead log beside it holds spans')
    }
    return 'new'
  }
  const header = readHeader(path)
  if (header.length < headerLength || header.toString('latin1', 0, 16) !== magic) {
    throw damaged(path, 'it does not begin with the header of an SQLite database')
  }
  checkOwner(path, header.readUInt32BE(68))
  checkFormat(path, header.readUInt32BE(60), format)
  const stored = header.readUInt16BE(16)
  const pageSize = stored === 1 ? 65_536 : stored
  checkSize(path, { size, pageSize, pages: header.readUInt32BE(28) })
  return 'ours'
}

/**
 * The same of a file that SQLite has open already, for a process where others read it: whoever closes
 * a file of his own takes away all locks that the process has on it, and the next program that comes
 * takes itself for the only one and deletes the write-ahead log.
 *
 * Source: https://www.sqlite.org/howtocorrupt.html, 2.2
 */
export function inspectOpened(path: string, database: Database.Database): void {
  const value = (name: string): number => Number(database.pragma(name, { simple: true }))
  checkOwner(path, value('application_id'))
  checkFormat(path, value('user_version'), fileFormat)
  checkSize(path, {
    size: sizeOf(path),
    pageSize: value('page_size'),
    pages: value('page_count'),
  })
}

function checkOwner(path: string, application: number): void {
  if (application === applicationId) return
  throw new GatewayError(
    'store_unusable',
    `Cannot open store file "${path}": it is an SQLite database of another program ` +
      `(application id 0x${application.toString(16)}); it is left as it is`,
  )
}

function checkFormat(path: string, format: number, expected: number): void {
  if (format === expected) return
  throw new GatewayError(
    'store_unusable',
    `Cannot open store file "${path}": it has format ${format}, ` +
      `this version reads formats 0 and 1 and writes format ${fileFormat}; it is left as it is`,
  )
}

/** The error for a file that is not whole. */
export function damaged(path: string, state: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'store_corrupt',
    `Cannot open store file "${path}": it is damaged, ${state}; it is left as it is`,
    { cause },
  )
}

const magic = 'SQLite format 3\0'
const headerLength = 100
const walFrameHeaderLength = 24

/**
 * Pages that the header counts and the file lacks must all be in the write-ahead log: a checkpoint
 * that was cut short may have written the first page and not yet the last ones.
 */
function checkSize(
  path: string,
  { size, pageSize, pages }: Readonly<Record<'size' | 'pageSize' | 'pages', number>>,
): void {
  const missing = pages - Math.floor(size / pageSize)
  if (missing <= 0) return
  const frames = Math.floor(sizeOf(`${path}-wal`) / (pageSize + walFrameHeaderLength))
  if (frames >= missing) return
  throw damaged(path, `it has ${size} bytes where its header counts ${pages * pageSize}`)
}

/** Bytes of a file; 0 where there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(headerLength)
  const file = openSync(path, 'r')
  try {
    return header.subarray(0, readSync(file, header, 0, headerLength, 0))
  } finally {
    closeSync(file)
  }
}
