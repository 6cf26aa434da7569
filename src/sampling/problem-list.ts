import type { Path } from './strategies-text.ts'

/** Something in a document of strategies that a person should mend. */
export interface Problem {
  /** An error keeps the whole document from being used; with a warning it is used. */
  readonly severity: 'error' | 'warning'
  /** From 1 on; undefined where the reader cannot tell. */
  readonly line: number | undefined
  /** As the document names it: `service_strategies[3].param`; empty for the whole. */
  readonly field: string
  /** What it is, and what it must be or what becomes of it. */
  readonly state: string
}

/** More are only counted: a document of a million bad rows has one cause. */
const keptMax = 20

/** Gathers problems of one document, the first of them with their lines. */
export class ProblemList {
  readonly kept: Problem[] = []
  errors = 0
  warnings = 0
  readonly #lineOf: (path: Path) => number

  constructor(lineOf: (path: Path) => number) {
    this.#lineOf = lineOf
  }

  add(severity: Problem['severity'], path: Path, state: string): void {
    if (severity === 'error') this.errors += 1
    else this.warnings += 1
    // The first error is told, however many warnings come before it.
    const isTold = this.kept.length < keptMax || (severity === 'error' && this.errors === 1)
    if (!isTold) return
    this.kept.push({ severity, line: this.#lineOf(path), field: fieldOf(path), state })
  }
}

/** A path as people write it. */
export function fieldOf(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${memberText(step)}`,
    )
    .join('')
}

function memberText(name: string): string {
  return /^[\w-]{1,100}$/.test(name) ? name : quoted(name)
}

/** A name as people write it, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}

/** One line for a person: `line 4: service_strategies[0].param is 2, must be 0 to 1`. */
export function describeProblem({ line, field, state }: Problem): string {
  const place = line === undefined ? '' : `line ${line}: `
  return `${place}${field === '' ? 'the document' : field} ${state}`
}
