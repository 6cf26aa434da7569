import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { compileText } from '../../../src/search/text/compile-query.ts'
import { searchText } from '../../../src/search/text/search-text.ts'
import { textSearchBoundDefaults } from '../../../src/search/text/text-bounds.ts'
import { patience } from '../../conformance/answer.ts'
import { referenceStore } from '../../conformance/reference-store.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import { projectRoot } from '../../project-root.ts'

// Everything that docs/query-language.md shows is so.

const doc = readFileSync(join(projectRoot, 'docs/query-language.md'), 'utf8')
const blocks = [...doc.matchAll(/```traceql\n([^`]*)```/g)].map(([, text = '']) => text)
const retentionMs = 72 * 3_600_000

t.test('the examples are taken', async (t) => {
  t.ok(blocks.length >= 3)
  for (const text of blocks) t.doesNotThrow(() => compileText(text), text)
})

t.test('the mistakes are refused as shown', async (t) => {
  const rows = rowsUnder('| text | error |')
  t.ok(rows.length >= 9)
  for (const [text = '', error = ''] of rows) {
    t.throws(() => compileText(text), { message: `Cannot read query: ${error}` }, text)
  }
})

t.test('the texts find the spans that are shown', async (t) => {
  const store = referenceStore(retentionMs)
  const startMicros = (Date.now() - 60_000) * 1000
  const span = (id: number, name: string, kind: number, ms: number, parent?: number, code = 0) =>
    sampleSpan({
      trace: 1,
      id,
      name,
      kind,
      startMicros: startMicros + id,
      durationNano: BigInt(ms) * 1_000_000n,
      status: { code, message: '' },
      ...(parent !== undefined && { parent }),
    })
  const groups = [
    sampleGroup([span(1, 'GET /', 2, 90), span(2, 'call cart', 3, 80, 1)], { service: 'gateway' }),
    sampleGroup(
      [span(3, 'GET /cart', 2, 70, 2), span(4, 'SELECT', 3, 10, 3), span(5, 'charge', 3, 50, 3, 2)],
      { service: 'cart' },
    ),
  ]
  await store.write('', sampleBatch(groups, Date.now()), patience)
  const rows = rowsUnder('| text | spans |')
  t.ok(rows.length >= 19)
  for (const [text = '', spans = ''] of rows) {
    const names: string[] = []
    const search = { compiled: compileText(text), limit: 1, spansMax: 10 }
    const bounds = textSearchBoundDefaults
    const options = { store, tenant: '', retentionMs, bounds, signal: patience }
    for await (const found of searchText(search, options)) {
      if (found.kind === 'trace') names.push(...found.spans.map(({ name }) => name))
    }
    t.equal(names.join(', ') || 'none', spans, text)
  }
})

/** The cells of a table's rows, without backquotes and escapes. */
function rowsUnder(heading: string): readonly string[][] {
  const lines = doc.slice(doc.indexOf(heading)).split('\n').slice(2)
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.slice(0, end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) =>
        cell
          .trim()
          .replace(/^`(.*)`$/, '$1')
          .replaceAll('\\|', '|'),
      ),
  )
}
