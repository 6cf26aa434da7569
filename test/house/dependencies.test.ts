import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project-root.ts'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), 'utf8')
}

/** Packages in the rows of one table of the document. */
function rowsBelow(heading: string): readonly string[] {
  const section = read('docs/dependencies.md')
    .split(/^## /m)
    .find((text) => text.startsWith(heading))
  const rows = (section ?? '').matchAll(/^\| `([^`]+)` \| [^|]{10,} \| [^|]{5,} \|$/gm)
  return [...rows].map((row) => row[1] ?? '')
}

const manifest: Manifest = JSON.parse(read('package.json'))

t.test('docs/dependencies.md has a line for each run-time dependency and no other', async (t) => {
  const packages = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
  t.same(rowsBelow('At run time'), packages.sort())
})

t.test('docs/dependencies.md has a line for each development dependency', async (t) => {
  t.same(rowsBelow('For development'), Object.keys(manifest.devDependencies).sort())
})

t.test(
  'docs/dependencies.md has a line for each peer, none of which is installed unasked',
  async (t) => {
    const peers = Object.keys(manifest.peerDependencies)
    t.same(rowsBelow('Of the programs'), peers.sort())
    for (const name of peers) {
      t.equal(manifest.peerDependenciesMeta[name]?.optional, true, `${name} is optional`)
      t.ok(name in manifest.devDependencies, `${name} is tested with`)
    }
  },
)

t.test('package.json asks for exact versions', async (t) => {
  const { dependencies, optionalDependencies, devDependencies } = manifest
  const all = { ...dependencies, ...optionalDependencies, ...devDependencies }
  for (const [name, version] of Object.entries(all)) t.match(version, /^\d+\.\d+\.\d+$/, name)
})

t.test('package-lock.json names no registry and agrees with package.json', async (t) => {
  const lock = JSON.parse(read('package-lock.json'))
  for (const [path, locked] of Object.entries<Record<string, unknown>>(lock.packages)) {
    t.notOk('resolved' in locked, path)
  }
  for (const field of [
    'dependencies',
    'optionalDependencies',
    'devDependencies',
    'peerDependencies',
    'peerDependenciesMeta',
  ] as const) {
    t.same(lock.packages[''][field], manifest[field])
  }
})
