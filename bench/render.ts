/**
 * `npm run bench:render -- FILES`: writes the results of benchmarks (`--json FILE`) into
 * docs/benchmarks.md, with their pictures beside it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { placeResults } from './render/place-results.ts'
import { renderResults } from './render/result-section.ts'
import { readReport } from './report.ts'

const { positionals } = parseArgs({ allowPositionals: true })
if (positionals.length === 0) {
  console.error('Cannot render: name the JSON files of the results')
  process.exit(2)
}
const docs = new URL('../../docs/', import.meta.url)
const { markdown, pictures } = renderResults(positionals.map(readReport))
const page = fileURLToPath(new URL('benchmarks.md', docs))
writeFileSync(page, placeResults(readFileSync(page, 'utf8'), markdown))
for (const [name, svg] of pictures) writeFileSync(new URL(`images/${name}`, docs), svg)
console.log(`rendered ${positionals.length} results, ${pictures.size} pictures`)
