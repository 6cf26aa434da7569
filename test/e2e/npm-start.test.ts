import { execFile } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project-root.ts'
import { programEnvironment } from './program-environment.ts'

t.setTimeout(120_000)

/** Runs scripts/start.js, which `npm start` is, to its end. */
function npmStart(...args: readonly string[]) {
  const script = join(projectRoot, 'scripts/start.js')
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const env = programEnvironment(undefined)
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr })
    })
  })
}

t.test('npm start hands its arguments to the program and has its exit code', async (t) => {
  t.match(await npmStart('--version'), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
  const wrong = await npmStart('--store', 'nowhere')
  t.match(wrong, { code: 2, stderr: /spangate: Cannot use store "nowhere"/ })
})
