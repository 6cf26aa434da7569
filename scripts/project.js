import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout, as an absolute path. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '')

/** Folders that tsc compiles; the same as `include` of tsconfig.json. */
export const compiledFolders = ['bridge', 'proto/gen', 'src', 'test', 'bench', 'scripts']

/**
 * Every file below a folder of the checkout, as sorted paths from the root with forward slashes.
 *
 * @param {string} folder
 * @returns {string[]} empty when there is no such folder
 */
export function filesBelow(folder) {
  /** @type {string[]} */
  const found = []
  const open = [folder]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of entriesOf(next)) {
      const path = `${next}/${entry.name}`
      if (entry.isDirectory()) {
        // A client under test may have dependencies of its own.
        if (entry.name !== 'node_modules') open.push(path)
      } else found.push(path)
    }
  }
  return found.sort()
}

/** @param {string} folder */
function entriesOf(folder) {
  try {
    return readdirSync(join(projectRoot, folder), { withFileTypes: true })
  } catch (cause) {
    // A folder may be missing: not every checkout has benchmarks, a fresh one has no dist.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw cause
  }
}

/**
 * Runs a program in the checkout with our output, and waits for it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {number} its exit code; 1 when it could not be started or was killed
 */
export function run(command, args) {
  const done = spawnSync(command, args, {
    cwd: projectRoot,
    stdio: ['ignore', 2, 'inherit'],
    // npm is a batch file on Windows, which only a shell can start.
    shell: process.platform === 'win32' && command === 'npm',
  })
  return done.status ?? 1
}

/**
 * Runs the JavaScript file of an installed package with this Node, without npx, which costs 0.3 s.
 *
 * @param {string} file below node_modules
 * @param {readonly string[]} args
 * @returns {number} its exit code
 */
export function runInstalled(file, args) {
  return run(process.execPath, [join(projectRoot, 'node_modules', file), ...args])
}
