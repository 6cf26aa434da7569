import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compiledFolders, filesBelow, projectRoot, runInstalled } from './project.js'

/** What was built last: the digest of the sources that dist was compiled from. */
const stampFile = join(projectRoot, 'dist', '.built')

/**
 * Compiles when a source, the settings or the compiler differ from those that dist was built from.
 * Removes what belongs to deleted sources, so that no test outlives its source.
 *
 * @param {{ force?: boolean }} [options] `force` asks the compiler in any case
 * @returns {boolean} false when there are type errors; tsc has said which
 */
export function ensureBuilt(options = {}) {
  const sources = compiledFolders.flatMap(filesBelow).filter(isTypeScript)
  const digest = digestOf(sources)
  const complete = prune(sources)
  if (!options.force && complete && digest === stamp()) return true
  process.stderr.write('spangate: building (tsc)\n')
  // tsc believes its build info and does not look whether the files it wrote are still there.
  if (!complete) rmSync(join(projectRoot, 'dist', '.tsbuildinfo'), { force: true })
  if (runInstalled('typescript/bin/tsc', ['-p', 'tsconfig.json']) !== 0) return false
  mkdirSync(join(projectRoot, 'dist'), { recursive: true })
  writeFileSync(stampFile, digest)
  return true
}

/** @param {string} path */
function isTypeScript(path) {
  return /(?<!\.d)\.ts$/.test(path)
}

/**
 * @param {readonly string[]} sources
 * @returns {string}
 */
function digestOf(sources) {
  const hash = createHash('sha256')
  for (const path of [...sources, 'tsconfig.json', 'package-lock.json']) {
    const { size, mtimeMs } = statSync(join(projectRoot, path))
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

function stamp() {
  try {
    return readFileSync(stampFile, 'utf8')
  } catch {
    // Nothing was built yet, which is all that an unreadable stamp can tell.
    return undefined
  }
}

/**
 * Removes compiled files whose source is gone.
 *
 * @param {readonly string[]} sources
 * @returns {boolean} true when every source has its compiled file
 */
function prune(sources) {
  const stems = new Set(sources.map((path) => path.replace(/\.ts$/, '')))
  let compiled = 0
  for (const path of compiledFolders.flatMap((folder) => filesBelow(`dist/${folder}`))) {
    const stem = path.slice('dist/'.length).replace(/\.(js|js\.map|d\.ts)$/, '')
    if (!stems.has(stem)) rmSync(join(projectRoot, path), { force: true })
    else if (path.endsWith('.js')) compiled += 1
  }
  return compiled === stems.size
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = ensureBuilt({ force: true }) ? 0 : 1
}
