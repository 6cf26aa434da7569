/**
 * The line of a query that a message is about, and a mark below its column, as lines of text; empty where the
 * message names no place of it.
 */
export function placeInQuery(message: string, query: string | undefined): string {
  const [, line, column] = /\bline (\d+), column (\d+)\b/.exec(message) ?? []
  const text = query?.split('\n')[Number(line) - 1]
  if (text === undefined) return ''
  // Columns count characters; tabs stay, so that the mark stands below what it is about.
  const before = [...text].slice(0, Number(column) - 1).map((one) => (one === '\t' ? one : ' '))
  return `  ${text}\n  ${before.join('').padEnd(Number(column) - 1)}^\n`
}
