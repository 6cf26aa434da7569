import type { Problem } from './problem-list.ts'
import { describeProblem, ProblemList } from './problem-list.ts'
import { readDocument } from './read-document.ts'
import type { Strategies } from './strategies.ts'
import { mergeStrategies } from './strategies.ts'
import type { Path } from './strategies-text.ts'
import { parseText } from './strategies-text.ts'

/** What a document of strategies says, and what is wrong with it. */
export interface ReadStrategies {
  /** Undefined when there is an error. */
  readonly strategies: Strategies | undefined
  /** The first 20, in the document's order. */
  readonly problems: readonly Problem[]
  readonly errors: number
  readonly warnings: number
  /** The line of what is at a path; 1 where the text cannot be read at all. */
  readonly lineOf: (path: Path) => number
}

/**
 * Reads a document of strategies, JSON or YAML. `null` says nothing, as for Jaeger; a text without any
 * content is an error, since a file that is about to be written looks like that.
 *
 * @param defaultProbability where the document says nothing, 0 to 1
 */
export function readStrategies(text: string, defaultProbability: number): ReadStrategies {
  const parsed = text.trim() === '' ? empty : parseText(text)
  if (parsed.kind === 'broken') {
    const state = `cannot be read: ${parsed.message}`
    const problem: Problem = { severity: 'error', line: parsed.line, field: '', state }
    const lineOf = () => parsed.line ?? 1
    return { strategies: undefined, problems: [problem], errors: 1, warnings: 0, lineOf }
  }
  const { value, lineOf } = parsed
  const list = new ProblemList(lineOf)
  const document = readDocument(value, defaultProbability, list)
  const { kept: problems, errors, warnings } = list
  const strategies = errors > 0 ? undefined : mergeStrategies(document, defaultProbability)
  return { strategies, problems, errors, warnings, lineOf }
}

const empty = { kind: 'broken', line: 1, message: 'it is empty' } as const

/** The first error, and how many more there are; for one line of a log. */
export function describeErrors({ problems, errors }: ReadStrategies): string {
  const first = problems.find(({ severity }) => severity === 'error')
  const others = errors > 1 ? `, and ${errors - 1} more` : ''
  return first === undefined ? '' : `${describeProblem(first)}${others}`
}
