import { readdirSync } from 'node:fs'

/**
 * The files of a store's directory: `spans-YYYYMMDDTHH-NNN.db` holds spans that arrived in that hour,
 * UTC. The number counts up from 000 where an hour has several. Beside one lie `-wal` and `-shm`,
 * which are SQLite's; `.damaged` is a file that was set aside, `.removed` one that is being removed.
 */
export interface StoreFile {
  readonly name: string
  /** Hours since the epoch. */
  readonly hour: number
  readonly sequence: number
}

const hourMs = 3_600_000
const pattern = /^spans-(\d{4})(\d{2})(\d{2})T(\d{2})-(\d{3,6})\.db/

/** The hour of an arrival, since the epoch. */
export function hourOf(arrivalUnixMs: number): number {
  return Math.floor(arrivalUnixMs / hourMs)
}

/** When the hour of a file has ended, ms since the epoch: nothing in it arrived later. */
export function hourEndUnixMs({ hour }: Pick<StoreFile, 'hour'>): number {
  return (hour + 1) * hourMs
}

/** Arrivals that have a file name: up to the year 9999. */
export function hasHour(arrivalUnixMs: number): boolean {
  return arrivalUnixMs >= 0 && arrivalUnixMs < 253_402_300_800_000
}

/** The file of an hour with a number. */
export function storeFile(hour: number, sequence: number): StoreFile {
  const [date = '', time = ''] = new Date(hour * hourMs).toISOString().split('T')
  const number = String(sequence).padStart(3, '0')
  return {
    name: `spans-${date.replaceAll('-', '')}T${time.slice(0, 2)}-${number}.db`,
    hour,
    sequence,
  }
}

/** The file of a name; undefined for anything else that lies in a directory. */
export function parseFileName(name: string): StoreFile | undefined {
  const file = fileBefore(name)
  return file?.name === name ? file : undefined
}

/** All files, by hour and number. @throws Error when the directory cannot be read */
export function listFiles(directory: string): StoreFile[] {
  return filesAmong(readdirSync(directory))
}

/** Those of the names that are files, by hour and number. */
export function filesAmong(names: readonly string[]): StoreFile[] {
  const files: StoreFile[] = []
  for (const name of names) {
    const file = parseFileName(name)
    if (file !== undefined) files.push(file)
  }
  return files.sort((left, right) => left.hour - right.hour || left.sequence - right.sequence)
}

/**
 * A number that no file of the hour has, nor anything that is left of one: a new file must not find
 * another one's log beside it.
 */
export function freeSequence(names: readonly string[], hour: number): number {
  let free = 0
  for (const name of names) {
    const file = fileBefore(name)
    if (file?.hour === hour) free = Math.max(free, file.sequence + 1)
  }
  return free
}

/** The file whose name another name begins with. */
function fileBefore(name: string): StoreFile | undefined {
  const match = pattern.exec(name)
  if (match === null) return undefined
  const [, year, month, day, hours, number] = match
  const unixMs = Date.parse(`${year}-${month}-${day}T${hours}:00:00Z`)
  if (Number.isNaN(unixMs)) return undefined
  const file = storeFile(unixMs / hourMs, Number(number))
  return name.startsWith(file.name) ? file : undefined
}
