import { execFile } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'
import { GatewayProcess } from './gateway-process.ts'
import { programEnvironment } from './program-environment.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(120_000)

/** Runs a command whose output is read up to its first bytes, as `| head -c 100` does. */
function firstBytesOf(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const program = [process.execPath, join(projectRoot, 'dist/src/main.js')]
  const pipe = ['-c', '"$0" "$@" | head -c 100', ...program, ...args]
  return new Promise((resolve, reject) => {
    execFile(
      'sh',
      pipe,
      { env: programEnvironment(undefined), timeout: 30_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr })
        else reject(error)
      },
    )
  })
}

t.test('commands end in silence once nobody reads their output', async (t) => {
  const gateway = await GatewayProcess.start({ store: 'memory:' })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryGrpc } = await gateway.ready()
  const sent = ['--endpoint', otlpGrpc, '--rate', '400', '--duration', '1s', '--seed', '3']
  t.equal((await runProgram(['generate', ...sent])).code, 0)
  const file = join(testDirectory(t), 'all.json')
  const to = ['--endpoint', queryGrpc]
  const exported = ['trace', 'export', file, '{}', '--format', 'otlp_json', ...to]
  t.equal((await runProgram(exported)).code, 0)
  // More than a pipe holds, whichever it is.
  const commands = [
    ['trace', 'export', '-', '{}', '--format', 'jaeger_ui_json', ...to],
    ['trace', 'find', '{}', '--limit', '400', '--format', 'otlp_json', ...to],
    ['trace', 'find', '{}', '--limit', '400', '--format', 'ndjson', ...to],
    ['trace', 'find', '{}', '--limit', '400', '--format', 'json', ...to],
    ['convert', file, '--to', 'jaeger_ui_json'],
  ]
  for (const command of commands) {
    const { stdout, stderr } = await firstBytesOf(command)
    t.ok(stdout.length > 0, command.join(' '))
    t.equal(stderr, '')
  }
})
