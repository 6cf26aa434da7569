/**
 * `npm test [-- kinds, files or options of tap]`: installs and builds when it must, then runs the
 * tests. Without a kind all kinds run, except the long ones. The last line is the count.
 */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.js'
import { ensureInstalled } from './ensure-installed.js'
import { filesBelow, projectRoot, runInstalled } from './project.js'
import { TapLines, totalsOf } from './tap-lines.js'
import { kindOf, namedKinds } from './test-kinds.js'

/**
 * How tap ended.
 *
 * @typedef {{ code: number, totals: import('./tap-lines.js').Totals | undefined }} Result
 */

const tap = 'tap/dist/esm/run.mjs'

process.exitCode = await main(process.argv.slice(2))

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function main(args) {
  if (!(ensureInstalled() && ensureBuilt() && ensureRunner())) return 1
  const kinds = args.filter((arg) => arg === 'unit' || namedKinds.includes(arg))
  const others = args.filter((arg) => !kinds.includes(arg)).map(compiledName)
  const named = others.some((arg) => arg.endsWith('.test.js'))
  const files = named && kinds.length === 0 ? [] : filesOf(kinds)
  if (!named && files.length === 0) {
    console.error(`There are no tests of kind ${kinds.join(', ')}`)
    return 1
  }
  const isLong = kinds.includes('long')
  if (isLong) console.log(`seed ${seed()}`)
  // Long tests set their own limits, and what they measure wants the machine for itself.
  const options = isLong ? ['--timeout=0', '--jobs=1'] : []
  return summarise(await runTap([...options, ...others, ...files]))
}

/**
 * The files of the kinds in the order in which they fail cheapest.
 *
 * @param {readonly string[]} kinds
 */
function filesOf(kinds) {
  const order = ['unit', ...namedKinds]
  return filesBelow('dist/test')
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => ({ path, kind: kindOf(path) }))
    .filter(({ kind }) => (kinds.length === 0 ? kind !== 'long' : kinds.includes(kind)))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .map(({ path }) => path)
}

/**
 * Tests are named by their source, as one sees them, and run compiled.
 *
 * @param {string} arg
 */
function compiledName(arg) {
  return /^(\.\/)?test\/.*\.test\.ts$/.test(arg)
    ? `dist/${arg.replace(/^\.\//, '').replace(/\.ts$/, '.js')}`
    : arg
}

/** The seed of every random input; a given one repeats a run. */
function seed() {
  process.env['SPANGATE_TEST_SEED'] ??= String(randomInt(2 ** 31))
  return process.env['SPANGATE_TEST_SEED']
}

/**
 * tap's Test class is generated from its plugins once per installation. tap would do that by
 * itself, but run the tests of that first time with the TypeScript loader, ten times slower.
 */
function ensureRunner() {
  const built = join(projectRoot, 'node_modules/@tapjs/test/test-built/dist/esm/index.js')
  if (!readFileSync(built, 'utf8').includes('@tapjs/typescript')) return true
  console.error('spangate: preparing the test runner (tap build)')
  return runInstalled(tap, ['build']) === 0
}

/**
 * On a terminal tap shows its progress, elsewhere a log is written.
 *
 * @param {readonly string[]} args
 * @returns {Promise<Result>}
 */
function runTap(args) {
  const onTerminal = process.stdout.isTTY === true
  mkdirSync(join(projectRoot, '.tap'), { recursive: true })
  const output = join(projectRoot, '.tap', `output-${process.pid}.tap`)
  // With the tap reporter, tap writes an output file's lines to stdout as well, each line twice.
  const how = onTerminal ? `--output-file=${output}` : '--reporter=tap'
  const child = spawn(process.execPath, [join(projectRoot, 'node_modules', tap), how, ...args], {
    cwd: projectRoot,
    stdio: ['ignore', onTerminal ? 'inherit' : 'pipe', 'inherit'],
  })
  const lines = new TapLines((line) => console.log(line))
  child.stdout?.setEncoding('utf8').on('data', (chunk) => lines.write(chunk))
  child.stdout?.on('end', () => lines.end())
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.on(signal, () => child.kill(signal))
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const totals = onTerminal ? totalsOf(readFileSync(output, 'utf8')) : lines.totals
      rmSync(output, { force: true })
      resolve({ code: code ?? 1, totals })
    })
  })
}

/**
 * Prints the count, and fails when the count or tap says so.
 *
 * @param {Result} result
 * @returns {number} the exit code
 */
function summarise({ code, totals }) {
  if (totals === undefined) {
    console.error('The tests were broken off before the end')
    return code || 1
  }
  const { passed, failed, skipped } = totals
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return code || (failed > 0 ? 1 : 0)
}
