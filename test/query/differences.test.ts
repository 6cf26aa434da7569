import { readFileSync } from 'node:fs'
import t from 'tap'
import { projectRoot } from '../project-root.ts'

// A promise in docs/differences.md is worth what its test is.

const document = readFileSync(`${projectRoot}/docs/differences.md`, 'utf8')
const rows = document.split('\n').filter((line) => /^\| (?!what |---)/.test(line))

t.test('docs/differences.md names a test in each row, and the test is there', async (t) => {
  t.ok(rows.length > 0)
  for (const row of rows) {
    const [, what, , , test = ''] = row.split(/(?<!\\)\|/).map((cell) => cell.trim())
    const { file = '', title = '' } = /^`(?<file>[^`]+)` · (?<title>.+)$/.exec(test)?.groups ?? {}
    t.ok(file.endsWith('.test.ts'), `${what}: names a file`)
    const source = readFileSync(`${projectRoot}/${file}`, 'utf8')
    t.ok(
      titlesOf(source).some((pattern) => pattern.test(title)),
      `${what}: "${title}" is in it`,
    )
  }
})

/** Titles of tests; where one is a template, anything may stand for its parts. */
function titlesOf(source: string): RegExp[] {
  const quoted = /t\.test\(\s*(['`])(?<title>.*?)\1/g
  return Array.from(source.matchAll(quoted), ({ groups }) => {
    const parts = (groups?.['title'] ?? '').split(/\$\{.*?\}/)
    const escaped = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${escaped.join('.+')}$`)
  })
}
