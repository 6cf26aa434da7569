import { findBadText } from './find-bad-text.ts'
import { JsonError } from './json-outline.ts'
import { skipSpace } from './json-scan.ts'
import type { Problem } from './problem-list.ts'
import { describeProblem, ProblemList } from './problem-list.ts'
import { readingDocument } from './read-document.ts'
import type { Strategies } from './strategies.ts'
import { mergeStrategies } from './strategies.ts'
import type { BrokenText, ParsedValue, Path } from './strategies-text.ts'
import { lineAt, parseYaml, parsingJson, yamlTextOf } from './strategies-text.ts'

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
export function readStrategies(
  document: string | Buffer,
  defaultProbability: number,
): ReadStrategies {
  const bytes = typeof document === 'string' ? Buffer.from(document, 'utf8') : document
  const read = inOneGo(readingJson(bytes, defaultProbability))
  if (!(read instanceof JsonError)) return read
  const text = yamlTextOf(bytes, read)
  if (typeof text !== 'string') return readBroken(text)
  return readParsed(parseYaml(text), defaultProbability)
}

/**
 * Reads a document of JSON in steps, between which others may do something.
 *
 * @returns a JsonError where it is none
 */
export function* readingJson(
  bytes: Buffer,
  defaultProbability: number,
): Generator<void, ReadStrategies | JsonError> {
  if (skipSpace(bytes, 0) === bytes.length) return readBroken(empty)
  const badAt = yield* findBadText(bytes)
  if (badAt !== undefined) return readBroken(notUtf8(bytes, badAt))
  try {
    return yield* readingValue(yield* parsingJson(bytes), defaultProbability)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    return error
  }
}

/** Reads what YAML's parser has made of a document. */
export function readParsed(
  parsed: ParsedValue | BrokenText,
  defaultProbability: number,
): ReadStrategies {
  if (parsed.kind === 'broken') return readBroken(parsed)
  return inOneGo(readingValue(parsed, defaultProbability))
}

function inOneGo<Result>(reading: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = reading.next()
    if (done === true) return value
  }
}

function* readingValue(
  { value, lineOf }: ParsedValue,
  defaultProbability: number,
): Generator<void, ReadStrategies> {
  const list = new ProblemList(lineOf)
  const document = yield* readingDocument(value, defaultProbability, list)
  const { kept: problems, errors, warnings } = list
  const strategies = errors > 0 ? undefined : mergeStrategies(document, defaultProbability)
  return { strategies, problems, errors, warnings, lineOf }
}

/** Of a text that cannot be read. */
export function readBroken({ line, message }: BrokenText): ReadStrategies {
  const state = `cannot be read: ${message}`
  const problem: Problem = { severity: 'error', line, field: '', state }
  const lineOf = () => line ?? 1
  return { strategies: undefined, problems: [problem], errors: 1, warnings: 0, lineOf }
}

const empty: BrokenText = { kind: 'broken', line: 1, message: 'it is empty' }

function notUtf8(bytes: Buffer, offset: number): BrokenText {
  const mark = bytes.subarray(0, 2).toString('hex')
  const isUtf16 = mark === 'fffe' || mark === 'feff'
  const message = isUtf16 ? 'it is UTF-16, must be UTF-8' : 'it is no UTF-8'
  return { kind: 'broken', line: isUtf16 ? 1 : lineAt(bytes, offset), message }
}

/** The first error, and how many more there are; for one line of a log. */
export function describeErrors({ problems, errors }: ReadStrategies): string {
  const first = problems.find(({ severity }) => severity === 'error')
  const others = errors > 1 ? `, and ${errors - 1} more` : ''
  return first === undefined ? '' : `${describeProblem(first)}${others}`
}
