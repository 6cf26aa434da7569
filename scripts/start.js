/**
 * `npm start`: installs and builds when it must, then becomes the gateway.
 *
 * The gateway runs in this process: its signals are ours and its exit code is ours. Arguments after
 * `npm start --` are the gateway's.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './ensure-built.js'
import { ensureInstalled } from './ensure-installed.js'
import { projectRoot } from './project.js'

const args = process.argv.slice(2)
if (!(ensureInstalled() && ensureBuilt() && hasStore())) {
  process.exitCode = 1
} else {
  const main = join(projectRoot, 'dist', 'src', 'main.js')
  process.argv = [process.execPath, main, ...args]
  await import(pathToFileURL(main).href)
}

/** False, after saying so, when the gateway would open SQLite and cannot. */
function hasStore() {
  if (!mayOpenSqlite()) return true
  const problem = sqliteProblem()
  if (problem === undefined) return true
  process.stderr.write(
    `spangate: Cannot open the sqlite store: better-sqlite3 could not be built or loaded here: ${problem}

It needs a prebuilt binary for this platform and Node ${process.versions.node}, or a C++ compiler and Python;
then run: npm rebuild better-sqlite3
To run without it, keeping spans in memory only:

    npm start -- --store memory:

`,
  )
  return false
}

/** True when the store is sqlite by argument, environment or default; a file is left to the gateway. */
function mayOpenSqlite() {
  const command = args[0]
  if (command !== undefined && !command.startsWith('-')) return false
  if (args.some((arg) => /^(--config(=|$)|--help$|-h$|--version$|-V$)/.test(arg))) return false
  const index = args.findLastIndex((arg) => /^--store(=|$)/.test(arg))
  const flag = args[index]?.includes('=') ? args[index]?.slice('--store='.length) : args[index + 1]
  const store = index === -1 ? process.env['SPANGATE_STORE'] : flag
  return store === undefined || store === '' || store.startsWith('sqlite:')
}

/** @returns {string | undefined} why SQLite cannot be loaded */
function sqliteProblem() {
  const load = createRequire(import.meta.url)
  try {
    // The binary is loaded when a database is opened, not when the package is.
    const Database = load('better-sqlite3')
    new Database(':memory:').close()
    return undefined
  } catch (cause) {
    return cause instanceof Error ? (cause.message.split('\n')[0] ?? cause.name) : String(cause)
  }
}
