const begin = '<!-- results: made by `npm run bench:render`; do not edit -->'
const end = '<!-- end of results -->'

/**
 * Replaces what stands between the two markers of a page.
 *
 * @throws Error when a marker is missing
 */
export function placeResults(page: string, results: string): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error('Cannot place results: a marker is missing')
  return `${page.slice(0, from + begin.length)}\n\n${results}\n\n${page.slice(to)}`
}
