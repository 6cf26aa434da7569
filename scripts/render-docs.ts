/** `npm run docs`: writes the pages that are made from tables in the code. */
import { writeFileSync } from 'node:fs'
import { renderSettings } from '../src/config/render-settings.ts'
import { renderMetrics } from '../src/telemetry/render-metrics.ts'

const pages: ReadonlyMap<string, () => string> = new Map([
  ['settings.md', renderSettings],
  ['metrics.md', renderMetrics],
])

for (const [name, render] of pages) {
  writeFileSync(new URL(`../../docs/${name}`, import.meta.url), render())
}
