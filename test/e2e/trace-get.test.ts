import t from 'tap'
import { encodeGroups } from '../../bridge/otlp/encode-groups.ts'
import { sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { OtlpClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(120_000)

t.test('trace get shows a tree adjusted, and writes what is stored', async (t) => {
  const gateway = await GatewayProcess.start({ store: 'memory:' })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryGrpc } = await gateway.ready()
  const startMicros = (Date.now() - 60_000) * 1000
  const spanOn = (host: string, span: Parameters<typeof sampleSpan>[0]) => {
    return sampleGroup([sampleSpan(span)], { resource: { 'host.name': host } })
  }
  const late = { trace: 1, id: 2, parent: 1, startMicros: startMicros + 500_000 }
  const groups = [
    spanOn('a', { trace: 1, id: 1, startMicros, durationNano: 100_000_000n }),
    spanOn('b', { ...late, durationNano: 20_000_000n }),
  ]
  const otlp = new OtlpClient(otlpGrpc)
  t.teardown(() => otlp.close())
  t.equal((await otlp.export(encodeGroups(groups))).code, 'OK')
  const tree = await runProgram(['trace', 'get', '1', '--endpoint', queryGrpc])
  t.match(tree.stdout, /\+40ms 20ms/)
  const found = ['trace', 'find', '{}', '--format', 'tree', '--endpoint', queryGrpc]
  t.equal((await runProgram(found)).stdout, tree.stdout, 'a tree is adjusted wherever it is shown')
  const json = await runProgram([
    'trace',
    'get',
    '1',
    '--json',
    '--endpoint',
    `http://${queryGrpc}`,
  ])
  t.match(json.stdout, `"startTimeUnixNano": "${late.startMicros}000"`)
  t.notMatch(json.stdout, '@jaeger@warnings')
})
