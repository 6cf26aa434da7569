import t from 'tap'
import { renderSettings } from '../../src/config/render-settings.ts'
import { settings } from '../../src/config/settings.ts'

t.test('renderSettings() has a row for every setting', async (t) => {
  const page = renderSettings()
  for (const name of Object.keys(settings)) t.match(page, `| \`${name}\` |`)
})
