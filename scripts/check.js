/**
 * `npm run check`: everything that must hold before a commit, in two lanes for two cores. All
 * faults are shown at once: a step that fails does not keep the others from running. With
 * `-- --without-tests` for those who run all tests anyway.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled } from './ensure-installed.js'
import { projectRoot } from './project.js'

/**
 * A step: its name and what it runs, below node_modules or scripts, or a script of package.json.
 *
 * @typedef {{ readonly name: string, readonly command: readonly string[] }} Step
 */

const colors = process.stdout.isTTY ? '--colors=force' : '--colors=off'

/** @type {readonly (readonly Step[])[]} */
const lanes = [
  [
    { name: 'generated types are up to date', command: npmRun('generate:check') },
    { name: 'types', command: node('scripts/ensure-built.js') },
    ...(process.argv.includes('--without-tests')
      ? []
      : [{ name: 'import table and unit tests', command: node('scripts/test.js', 'unit') }]),
  ],
  [
    {
      name: 'format and lint',
      command: node('node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', colors),
    },
    {
      name: 'types of scripts',
      command: node('node_modules/typescript/bin/tsc', '-p', 'scripts/tsconfig.json'),
    },
    { name: 'protos: lint', command: npmRun('proto:lint') },
    { name: 'protos: breaking changes', command: npmRun('proto:breaking') },
  ],
]

const startMs = performance.now()
const results = ensureInstalled() ? await Promise.all(lanes.map(runLane)) : [false]
const seconds = ((performance.now() - startMs) / 1000).toFixed(0)
const passed = results.every(Boolean)
console.log(`check ${passed ? 'passed' : 'failed'} in ${seconds} s`)
process.exitCode = passed ? 0 : 1

/**
 * @param {string} file
 * @param {...string} args
 */
function node(file, ...args) {
  return [process.execPath, join(projectRoot, file), ...args]
}

/** @param {string} script */
function npmRun(script) {
  return ['npm', 'run', '--silent', script]
}

/**
 * @param {readonly Step[]} steps
 * @returns {Promise<boolean>} true when all passed
 */
async function runLane(steps) {
  let passed = true
  for (const step of steps) passed = (await runStep(step)) && passed
  return passed
}

/**
 * Runs one step and prints its output in one piece, so that the lanes do not mix.
 *
 * @param {Step} step
 * @returns {Promise<boolean>}
 */
async function runStep({ name, command }) {
  const [program = '', ...args] = command
  const stepStartMs = performance.now()
  const child = spawn(program, args, {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && program === 'npm',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk
    })
  }
  /** @type {number} */
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve(status ?? 1))
  })
  const seconds = ((performance.now() - stepStartMs) / 1000).toFixed(1)
  if (code !== 0) process.stdout.write(output)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`)
  return code === 0
}
