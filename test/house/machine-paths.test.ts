import { execFileSync } from 'node:child_process'
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project-root.ts'

/** Home folders; written in pieces, as this file is read too. */
const homes = ['Users', 'home', 'root', 'work'].map((folder) => `/${folder}/`).join('|')
const machinePath = new RegExp(`(?<![\\w.~}*$/-])(${homes})[\\w.]|\\b[A-Z]:\\\\Users\\\\`)

/** True for text that names a home folder or, wherever that is, this checkout. */
function namesMachinePath(text: string): boolean {
  // A checkout right below the root, as in a container, has a name that may mean anything.
  const isTelling = projectRoot.split(/[/\\]/).length > 2
  return machinePath.test(text) || (isTelling && text.includes(`${projectRoot}/`))
}

/** Paths of the tracked files; undefined where git or its folder is missing. */
function trackedFiles(): readonly string[] | undefined {
  try {
    const options = { cwd: projectRoot, encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync('git', ['ls-files', '-z'], options).split('\0').filter(Boolean)
  } catch {
    // A released archive has no git folder; the check belongs to the clone it was made from.
    return undefined
  }
}

const tracked = trackedFiles()

t.test(
  'no tracked file names a path of one machine',
  { skip: tracked === undefined && 'no git here; run it in a clone' },
  async (t) => {
    const found = (tracked ?? [])
      .map((path) => ({ path, file: join(projectRoot, path) }))
      .filter(({ file }) => lstatSync(file, { throwIfNoEntry: false })?.isFile())
      .filter(({ file }) => namesMachinePath(readFileSync(file, 'latin1')))
    t.same(
      found.map(({ path }) => path),
      [],
    )
  },
)

t.test('planted paths are caught and others are not', async (t) => {
  const home = ['', 'home', 'jane', 'spangate'].join('/')
  const bad = [home, `see ${home}`, `"${home}"`, `${projectRoot}/src/main.ts`]
  for (const text of bad) t.ok(namesMachinePath(text), text)
  const fine = ['src/root/a.ts', './home/a', 'https://example.com/home/a', '/usr/bin/env', '/tmp/x']
  for (const text of fine) t.notOk(namesMachinePath(text), text)
})
