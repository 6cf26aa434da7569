import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { projectRoot } from '../project-root.ts'
import type { Source } from './check.ts'
import { roots } from './table.ts'

/** Every TypeScript and JavaScript source of the project, sorted by path. */
export function readSources(): readonly Source[] {
  return roots
    .filter((root) => existsSync(join(projectRoot, root)))
    .flatMap((root) => {
      const names = readdirSync(join(projectRoot, root), { recursive: true, encoding: 'utf8' })
      return names
        .map((name) => `${root}/${name.replaceAll(sep, '/')}`)
        .filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.includes('/node_modules/'))
    })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }))
}
