import type { Document } from 'yaml'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { JsonError } from './json-outline.ts'
import { outlineOf, parseAt, reasonOf } from './json-outline.ts'
import { Letter, skipSpace } from './json-scan.ts'
import { offsetInJson } from './offset-in-json.ts'
import { ServiceItems } from './service-items.ts'

/** A way down into a document: names of members and places in lists. */
export type Path = readonly (string | number)[]

/** What a text holds. */
export interface ParsedValue {
  readonly kind: 'value'
  /** Of JSON the services are `ServiceItems`; asking for one that cannot be read throws a JsonError. */
  readonly value: unknown
  /** The line, from 1 on, of what is at a path, or of the nearest thing above it. */
  readonly lineOf: (path: Path) => number
}

/** Why a text cannot be read. */
export interface BrokenText {
  readonly kind: 'broken'
  readonly line: number | undefined
  readonly message: string
}

/** YAML takes a hundred times as long to read as JSON, and is written by hand. */
const yamlLettersMax = 4 * 1024 * 1024
/** What begins with a brace is meant to be JSON, unless it is short. */
const bracedLettersMax = 64 * 1024
const services = 'service_strategies'

/** Reads JSON, in steps between which others may do something. @throws JsonError where it is none */
export function* parsingJson(bytes: Buffer): Generator<void, ParsedValue> {
  if (bytes[skipSpace(bytes, 0)] !== Letter.openObject) {
    const value = parseAt(bytes, { start: 0, end: bytes.length })
    return { kind: 'value', value, lineOf: () => 1 }
  }
  const { members, items } = yield* outlineOf(bytes, services)
  const value: Record<string, unknown> = {}
  for (const [name, piece] of members) {
    const isListed = name === services && items !== undefined
    const member = isListed ? new ServiceItems(() => itemsIn(bytes, items)) : parseAt(bytes, piece)
    // A member of any name, `__proto__` too.
    Object.defineProperty(value, name, { value: member, enumerable: true })
    yield
  }
  const lineOf = (path: Path): number => {
    const [name, at, ...below] = path
    const item = name === services && typeof at === 'number' ? items?.[at] : undefined
    const offset =
      item === undefined ? offsetInJson(bytes, path) : offsetInJson(bytes, below, item.start)
    return lineAt(bytes, offset)
  }
  return { kind: 'value', value, lineOf }
}

/**
 * What is no JSON as the text of YAML, of which JSON is a part, and whose parser says in which line it ends to be any.
 *
 * @param error what JSON's reader said
 * @returns why it is not read, where it is too long for YAML
 */
export function yamlTextOf(bytes: Buffer, error: JsonError): string | BrokenText {
  const isBraced = bytes[skipSpace(bytes, 0)] === Letter.openObject
  const lettersMax = isBraced ? bracedLettersMax : yamlLettersMax
  const text = bytes.length > lettersMax * 3 ? undefined : bytes.toString('utf8')
  if (text !== undefined && text.length <= lettersMax) return text
  const kind = isBraced ? 'YAML in braces' : 'YAML'
  const message = `it is no JSON (${error.message}), and ${kind} may have at most ${lettersMax} letters`
  return { kind: 'broken', line: lineAt(bytes, error.offset), message }
}

function* itemsIn(
  bytes: Buffer,
  items: readonly { readonly start: number; readonly end: number }[],
): Generator<unknown> {
  for (const item of items) yield parseAt(bytes, item)
}

/** Reads YAML in one go: some milliseconds for a thousand letters. */
export function parseYaml(text: string): ParsedValue | BrokenText {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0])
    const isSecond = error.code === 'MULTIPLE_DOCS'
    return { kind: 'broken', line, message: isSecond ? 'another document begins' : reasonOf(error) }
  }
  try {
    // Each alias is counted, so that a few lines cannot name billions of things.
    const value: unknown = document.toJS()
    return { kind: 'value', value, lineOf: (path) => lineInYaml(document, lineCounter, path) }
  } catch (error) {
    return { kind: 'broken', line: undefined, message: reasonOf(error) }
  }
}

function lineInYaml(document: Document, lineCounter: LineCounter, path: Path): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line
  }
  return 1
}

/** The line, from 1 on, of a byte. */
export function lineAt(bytes: Buffer, offset: number): number {
  let line = 1
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < offset; at = bytes.indexOf(0x0a, at + 1)) {
    line += 1
  }
  return line
}
