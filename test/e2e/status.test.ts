import { rmSync } from 'node:fs'
import t from 'tap'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'
import { GatewayProcess } from './gateway-process.ts'
import { middleOfHourMs, programClock } from './program-clock.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(120_000)

/** What is read of the answer. */
interface Status {
  readonly state: string
  readonly problems: readonly string[]
  readonly receivers: readonly { readonly name: string; readonly storedSpans: { total: number } }[]
  readonly store: { readonly writes: { readonly state: string; readonly lastError: string } }
}

t.test('spangate status shows what a gateway took and keeps', async (t) => {
  const { env, move } = programClock(testDirectory(t))
  move(middleOfHourMs())
  const gateway = await GatewayProcess.start({ env })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryHttp } = await gateway.ready()
  const flags = ['--endpoint', otlpGrpc, '--rate', '20', '--duration', '1s', '--seed', '7']
  const { stderr } = await runProgram(['generate', ...flags])
  const spans = Number(/(\d+) spans stored$/.exec(stderr.trim())?.[1])
  const endpoint = ['--endpoint', `http://${queryHttp}`]
  const shown = await runProgram(['status', ...endpoint])
  t.match(await runProgram(['status', '--json', '--endpoint', queryHttp]), { code: 0 })
  t.match(shown, { code: 0, stderr: '' })
  t.match(shown.stdout, /^spangate \d+\.\d+\.\d+ is ready, runs for \d+ s/)
  t.match(shown.stdout, new RegExp(`^ +${spans} spans in 1 file of 1 hour, `, 'm'))
  t.match(shown.stdout, /writes ok, reads (ok|not asked yet)/)
  t.match(shown.stdout, new RegExp(`^otlp_grpc +${spans} .* ${spans} `, 'm'))
  t.match(
    shown.stdout,
    new RegExp(`^otlp\\.grpc +\\d+ +gRPC on ${otlpGrpc.replaceAll('.', '\\.')}`, 'm'),
  )
  const json = JSON.parse((await runProgram(['status', '--json', ...endpoint])).stdout) as Status
  t.match(json, {
    state: 'GATEWAY_STATE_READY',
    problems: [],
    receivers: [{ name: 'otlp_grpc', storedSpans: { total: spans } }],
  })
})

t.test('spangate status is 1 where nobody answers, 2 for a bad endpoint', async (t) => {
  const away = await runProgram(['status', '--endpoint', 'http://127.0.0.1:1'])
  t.match(away, { code: 1, stderr: /^spangate: Cannot ask http:\/\/127\.0\.0\.1:1: / })
  const short = await runProgram(['status', '--endpoint', '127.0.0.1:1'])
  t.match(short, { code: 1, stderr: /^spangate: Cannot ask http:\/\/127\.0\.0\.1:1: / })
  const bad = await runProgram(['status', '--endpoint', 'localhost'])
  t.match(bad, { code: 2, stderr: /must be host:port or an http\(s\) URL, is "localhost"/ })
})

t.test('the status of a gateway whose disk is gone names the failure', async (t) => {
  const path = `${testDirectory(t)}/data`
  const gateway = await GatewayProcess.start({ store: `sqlite:${path}` })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryHttp } = await gateway.ready()
  rmSync(path, { recursive: true })
  const flags = ['--endpoint', otlpGrpc, '--rate', '20', '--duration', '500ms', '--seed', '7']
  await runProgram(['generate', ...flags])
  const ask = async () => (await fetch(`http://${queryHttp}/api/spangate/status`)).json()
  const status = (await ask()) as Status
  t.match(status.store.writes, { state: 'STORE_STATE_FAILING', lastError: /./ })
  t.ok(status.problems.some((problem) => /^Writes fail since /.test(problem)))
  await until(async () => ((await ask()) as Status).state === 'GATEWAY_STATE_READY')
})
