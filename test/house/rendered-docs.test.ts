import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { renderSettings } from '../../src/config/render-settings.ts'
import { renderMetrics } from '../../src/telemetry/render-metrics.ts'
import { projectRoot } from '../project-root.ts'

for (const [name, render] of [
  ['settings.md', renderSettings],
  ['metrics.md', renderMetrics],
] as const) {
  t.test(`docs/${name} is what npm run docs writes`, async (t) => {
    t.equal(readFileSync(join(projectRoot, 'docs', name), 'utf8'), render())
  })
}
