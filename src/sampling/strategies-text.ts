import type { Document } from 'yaml'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { offsetInJson } from './offset-in-json.ts'

/** A way down into a document: names of members and places in lists. */
export type Path = readonly (string | number)[]

/** What a text holds, or why it cannot be read. */
export type ParsedText =
  | {
      readonly kind: 'value'
      readonly value: unknown
      /** The line, from 1 on, of what is at a path, or of the nearest thing above it. */
      readonly lineOf: (path: Path) => number
    }
  | { readonly kind: 'broken'; readonly line: number | undefined; readonly message: string }

/** YAML takes a hundred times as long to read as JSON, and is written by hand. */
const yamlLettersMax = 4 * 1024 * 1024

/**
 * Reads JSON, or YAML, of which JSON is a part: what is no JSON is read as YAML, which also says in which
 * line it ends to be any.
 */
export function parseText(text: string): ParsedText {
  const value = parsedJson(text)
  if (value !== undefined) {
    return { kind: 'value', value, lineOf: (path) => lineAt(text, offsetInJson(text, path)) }
  }
  if (text.length <= yamlLettersMax) return parseYaml(text)
  const message = `it is no JSON, and YAML may have at most ${yamlLettersMax} letters`
  return { kind: 'broken', line: undefined, message }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // It may be YAML, whose parser says more about what is wrong.
    return undefined
  }
}

function parseYaml(text: string): ParsedText {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0])
    return { kind: 'broken', line, message: error.message }
  }
  try {
    // Each alias is counted, so that a few lines cannot name billions of things.
    const value: unknown = document.toJS()
    return { kind: 'value', value, lineOf: (path) => lineInYaml(document, lineCounter, path) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'broken', line: undefined, message }
  }
}

function lineInYaml(document: Document, lineCounter: LineCounter, path: Path): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line
  }
  return 1
}

function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1
  }
  return line
}
