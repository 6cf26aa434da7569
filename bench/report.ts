import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** What figures were measured on. */
export interface Environment {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  readonly commit: string
  readonly date: string
}

/** Values of several runs. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly values: readonly number[]
}

/** What a benchmark writes with `--json`. */
export interface Report {
  readonly benchmark: string
  readonly environment: Environment
  /** The options it ran with. */
  readonly options: Readonly<Record<string, string | number | boolean>>
  /** The figures, by name; units are the last word of the name. */
  readonly figures: Readonly<Record<string, Spread>>
  /** Counts of refused calls by status, summed over the runs. */
  readonly refused: Readonly<Record<string, number>>
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Describes this machine and checkout. */
export function environment(): Environment {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    kernel: `${process.platform} ${release()}`,
    node: process.version,
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
  }
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
    const changed = git('status', '--porcelain', '--untracked-files=no', 'src', 'bridge') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`
  } catch {
    // A released archive has no git folder.
    return 'unknown'
  }
}

/** Median and bounds of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = Math.floor(sorted.length / 2)
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2
  return { median, min: at(0), max: at(sorted.length - 1), values }
}

/** Joins the figures of runs; one that a run could not measure is that of the others. */
export function spreadsOf(
  runs: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, Spread>> {
  const names = new Set(runs.flatMap(Object.keys))
  const valuesOf = (name: string): number[] => {
    return runs.map((run) => run[name]).filter((value) => value !== undefined)
  }
  return Object.fromEntries(Array.from(names, (name) => [name, spreadOf(valuesOf(name))]))
}

/** Prints the figures as a table, and writes them to a file when one is named. */
export function publish(report: Report, file: string | undefined): void {
  const { cpu, cores, memoryBytes, kernel, node, commit } = report.environment
  console.log(`\n${report.benchmark}: ${cores} x ${cpu}, ${text(memoryBytes / 2 ** 30)} GiB`)
  console.log(`${kernel}, Node ${node}, commit ${commit}`)
  const options = Object.entries(report.options).map(([name, value]) => `${name}=${value}`)
  console.log(options.join(' '))
  const rows = Object.entries(report.figures).map(([name, { median, min, max, values }]) => [
    name,
    text(median),
    values.length > 1 ? `${text(min)} - ${text(max)}` : '',
  ])
  console.log(`\n${tableOf([['figure', 'median', 'min - max'], ...rows])}`)
  for (const [status, count] of Object.entries(report.refused)) {
    console.log(`refused with ${status}: ${count} calls`)
  }
  if (file === undefined) return
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`)
  console.log(`written to ${file}`)
}

/** Reads what `publish` wrote. */
export function readReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8')) as Report
}

/** A number for people: four figures at least. */
export function text(value: number): string {
  if (!Number.isFinite(value)) return 'n/a'
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return value.toLocaleString('en-US', {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  })
}

/** Aligns columns: the first to the left, the others to the right. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0
          return column === 0 ? cell.padEnd(width) : cell.padStart(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Adds counts by name. */
export function sumCounts(
  all: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
  }
  return sums
}
