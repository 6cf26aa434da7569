import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import t from 'tap'
import { projectRoot } from './project-root.ts'

t.test('projectRoot is the absolute path of the checkout', async (t) => {
  t.ok(isAbsolute(projectRoot))
  t.notMatch(projectRoot, /[/\\]$/)
  const manifest: unknown = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  t.match(manifest, { name: 'spangate' })
})
