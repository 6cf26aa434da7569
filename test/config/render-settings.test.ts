import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { renderSettings } from '../../src/config/render-settings.ts'
import { settings } from '../../src/config/settings.ts'
import { projectRoot } from '../project-root.ts'

t.test('docs/settings.md is what the table renders', async (t) => {
  const page = readFileSync(join(projectRoot, 'docs/settings.md'), 'utf8')
  t.equal(page, renderSettings(), 'run npm run docs')
})

t.test('renderSettings() has a row for every setting', async (t) => {
  const page = renderSettings()
  for (const name of Object.keys(settings)) t.match(page, `| \`${name}\` |`)
})
