import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot, run } from './project.js'

/**
 * What a lock file says of one package.
 *
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} Locked
 */

/**
 * Runs `npm ci` when node_modules is missing or is not what package-lock.json asks for.
 *
 * The two lock files are compared by what they hold, not by their times, which a checkout or a copy
 * changes at will.
 *
 * @returns {boolean} false when the installation failed; npm has said why
 */
export function ensureInstalled() {
  if (isInstalled()) return true
  process.stderr.write('spangate: installing dependencies (npm ci)\n')
  return run('npm', ['ci', '--no-audit', '--no-fund']) === 0
}

/** True when every package that the lock file asks for is installed in its version. */
export function isInstalled() {
  const wanted = packagesOf('package-lock.json')
  const present = packagesOf('node_modules/.package-lock.json')
  if (wanted === undefined) throw new Error('Cannot install: package-lock.json is missing')
  if (present === undefined) return false
  return Object.entries(wanted).every(([path, locked]) => {
    const installed = present[path]
    // Builds for other platforms and what could not be built here are left out by npm.
    if (installed === undefined) {
      return path === '' || locked.optional === true || locked.devOptional === true
    }
    const isSame = locked.integrity === undefined || installed.integrity === locked.integrity
    return isSame && installed.version === locked.version
  })
}

/**
 * @param {string} file
 * @returns {Record<string, Locked> | undefined} undefined when there is no such file
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(projectRoot, file), 'utf8')).packages
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
}
