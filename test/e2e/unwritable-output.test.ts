import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project-root.ts'
import { exportRequest } from './export-load.ts'
import { OtlpClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(60_000)

/** Every write to it fails as on a full disk. */
const full = '/dev/full'
const noFull = existsSync(full) ? false : `this system has no ${full}`

t.test('a gateway whose log is on a full disk goes on', { skip: noFull }, async (t) => {
  const under = ['sh', '-c', `exec "$0" "$@" 2>${full}`]
  const gateway = await GatewayProcess.start({ under })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, zipkinHttp } = await gateway.ready()
  const client = new OtlpClient(otlpGrpc)
  t.teardown(() => client.close())
  t.match(await client.export(exportRequest({ trace: 1, firstId: 1, count: 2 })), { code: 'OK' })
  // It warns of the second span, and has to answer after that.
  const spans = [
    { traceId: '463ac35c9f6413ad', id: 'a2fb4a1d1a96d312' },
    { traceId: '0', id: '0' },
  ]
  const answer = await fetch(`http://${zipkinHttp}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(spans),
  })
  t.equal(answer.status, 202)
  t.equal((await gateway.stop()).code, 0)
})

t.test('convert to a full disk fails, and is no bad usage', { skip: noFull }, async (t) => {
  const file = join(projectRoot, 'test/golden/jaeger-json/jaeger-logs.jaeger-1.65.0.json')
  const ran = await runProgram(['convert', file, '--to', 'otlp_json', '-o', full])
  t.match(ran, { code: 1, stdout: '', stderr: /^spangate: Cannot write \/dev\/full: ENOSPC: / })
})

t.test('a command says that its output cannot be written, and fails', { skip: noFull }, (t) => {
  const program = [process.execPath, join(projectRoot, 'dist/src/main.js')]
  const args = ['-c', `exec "$0" "$@" >${full}`, ...program, '--version']
  execFile('sh', args, (error, _stdout, stderr) => {
    t.equal(error?.code, 1)
    t.match(stderr, /^spangate: Cannot write output: .*ENOSPC.*\n$/)
    t.end()
  })
})
