import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import type { Import } from './read-source.ts'
import { readSource } from './read-source.ts'
import type { Layer } from './table.ts'
import { layers } from './table.ts'

/** One source file: its path in the checkout with forward slashes, and its text. */
export interface Source {
  readonly path: string
  readonly text: string
}

const builtins = new Set(builtinModules)

/** Every breach of the import table in these sources, each as one readable line. */
export function checkSources(sources: readonly Source[]): readonly string[] {
  const paths = new Set(sources.map((source) => source.path))
  return sources.flatMap((source) => checkSource(source, paths))
}

/** The name of the layer a file belongs to: the longest listed folder that holds it. */
export function layerOf(path: string): string | undefined {
  return Object.keys(layers)
    .filter((name) => isWithin(path, name))
    .sort((a, b) => b.length - a.length)[0]
}

function checkSource(source: Source, paths: ReadonlySet<string>): readonly string[] {
  const name = layerOf(source.path)
  const layer = name === undefined ? undefined : layers[name]
  if (name === undefined || layer === undefined) {
    return [`${source.path}: no row of test/layers/table.ts lists its folder`]
  }
  const problems: string[] = []
  if (/^index\.[cm]?[jt]s$/.test(posix.basename(source.path))) {
    problems.push(`${source.path}: is a barrel; import the file that has the thing`)
  }
  const facts = readSource(source.path, source.text)
  for (const found of facts.imports) {
    const problem = checkImport(found, source.path, name, layer, paths)
    if (problem !== undefined) problems.push(`${source.path}:${found.line}: ${problem}`)
  }
  if (layer.pure) {
    for (const { line, name: used } of facts.impurities) {
      problems.push(`${source.path}:${line}: uses ${used}: ${layer.reason}`)
    }
  }
  return problems
}

function checkImport(
  found: Import,
  from: string,
  name: string,
  layer: Layer,
  paths: ReadonlySet<string>,
): string | undefined {
  const { specifier } = found
  if (specifier === undefined) {
    const mayCompute = ['test', 'bench', 'scripts'].includes(name)
    return mayCompute ? undefined : 'imports a name that is computed; write it as a string'
  }
  if (found.kind === 'url') return checkUrl(specifier, from, name, paths)
  if (specifier.startsWith('.')) return checkRelative(found, specifier, from, name, layer, paths)
  if (specifier.startsWith('node:')) {
    const allowed = layer.builtins === undefined || layer.builtins.includes(specifier)
    return allowed ? undefined : `imports ${specifier}: ${layer.reason}`
  }
  const library = packageOf(specifier)
  if (builtins.has(library)) return `imports "${specifier}" without node:`
  const packages = found.typeOnly
    ? [...layer.packages, ...(layer.typePackages ?? [])]
    : layer.packages
  if (packages.some((allowed) => matchesPackage(library, allowed))) return undefined
  const how = layer.typePackages?.includes(library) ? ' as a value, only types are allowed' : ''
  return `imports ${library}${how}: ${layer.reason}`
}

/** scripts/install-peers.sh puts the code in rounds beside the programs of clients that use it. */
function targetOf(from: string, specifier: string, paths: ReadonlySet<string>): string {
  const target = posix.join(posix.dirname(from), specifier)
  const shared = `test/clients/rounds/${posix.basename(target)}`
  const isShared = /^test\/clients\/[^/]+$/.test(posix.dirname(target)) && paths.has(shared)
  return isShared && !paths.has(target) ? shared : target
}

function checkRelative(
  found: Import,
  specifier: string,
  from: string,
  name: string,
  layer: Layer,
  paths: ReadonlySet<string>,
): string | undefined {
  // Scripts run before anything is compiled, so they are JavaScript and import JavaScript.
  const extension = from.endsWith('.js') ? '.js' : '.ts'
  if (!specifier.endsWith(extension)) return `imports "${specifier}" without ${extension}`
  const target = targetOf(from, specifier, paths)
  if (!paths.has(target)) return `imports "${specifier}", which is no source file`
  const folders = found.typeOnly ? [...layer.folders, ...(layer.typeFolders ?? [])] : layer.folders
  if (layerOf(target) === name || folders.some((folder) => isWithin(target, folder))) {
    return undefined
  }
  const ofTypes = (layer.typeFolders ?? []).some((folder) => isWithin(target, folder))
  const how = ofTypes ? ' as a value, only types are allowed' : ''
  return `imports ${target}${how}: ${layer.reason}`
}

/** A thread is started from the compiled file beside the one that starts it. */
function checkUrl(
  specifier: string,
  from: string,
  name: string,
  paths: ReadonlySet<string>,
): string | undefined {
  if (!(name.startsWith('bridge/') || name.startsWith('src/'))) return undefined
  if (!/^\.\/[^/]+\.js$/.test(specifier)) {
    return `names "${specifier}" by URL, which must be a compiled file of the same folder`
  }
  const target = posix.join(posix.dirname(from), specifier.replace(/\.js$/, '.ts'))
  return paths.has(target)
    ? undefined
    : `names "${specifier}" by URL, which has no source ${target}`
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function matchesPackage(library: string, allowed: string): boolean {
  if (allowed === '*') return true
  return allowed.endsWith('/*') ? library.startsWith(allowed.slice(0, -1)) : library === allowed
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
