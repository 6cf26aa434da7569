import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { sampleYaml } from '../sampling/sample-strategies.ts'
import { testDirectory } from '../test-directory.ts'
import { metricsWith } from './admin-client.ts'
import { GatewayProcess } from './gateway-process.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(120_000)

t.test('sampling check tells what a document says, and where it is wrong', async (t) => {
  const folder = testDirectory(t)
  const file = join(folder, 'strategies.yaml')
  writeFileSync(file, sampleYaml)
  t.strictSame(await runProgram(['sampling', 'check', file]), {
    code: 0,
    stdout: `${file}: ok, 4 services, 4 operations, by default probabilistic 0.5\n`,
    stderr: '',
  })
  writeFileSync(file, sampleYaml.replace('0.8', '8').replace('ratelimiting', 'ratelimit'))
  t.strictSame(await runProgram(['--sampling.strategies', file, 'sampling', 'check']), {
    code: 1,
    stdout: '',
    stderr:
      `spangate: ${file}: error: line 10: service_strategies[0].param is 8, must be 0 to 1\n` +
      `spangate: ${file}: warning: line 15: service_strategies[1].type is "ratelimit", must be probabilistic or ratelimiting; the share is 0.001\n`,
  })
  t.match(await runProgram(['sampling', 'check', `${file}.missing`]), {
    code: 1,
    stderr: /^spangate: Cannot read .*missing: ENOENT/,
  })
  t.match(await runProgram(['sampling', 'check']), { code: 2, stderr: /sampling\.strategies/ })
})

t.test('sampling explain shows which rule decides', async (t) => {
  const file = join(testDirectory(t), 'strategies.yaml')
  writeFileSync(file, sampleYaml)
  const explain = ['sampling', 'explain', 'cart', 'GET /cart', '--strategies']
  t.strictSame(await runProgram([...explain, file]), {
    code: 0,
    stdout: `cart GET /cart: probabilistic 1\n  by service_strategies[0].operation_strategies[0], ${file} line 12: the service names the operation\n`,
    stderr: '',
  })
  writeFileSync(file, '{')
  t.match(await runProgram([...explain, file]), { code: 2, stderr: /: line 1: the document/ })
})

t.test('a bad file of strategies ends the program with 2 and one line', async (t) => {
  const file = join(testDirectory(t), 'strategies.json')
  writeFileSync(file, '{"default_strategy": {"type": "probabilistic", "param": 2}}')
  const ran = await runProgram(['--store', 'memory:', '--sampling.strategies', file])
  t.strictSame(ran, {
    code: 2,
    stdout: '',
    stderr: `spangate: Cannot use sampling.strategies: ${file}: line 1: default_strategy.param is 2, must be 0 to 1\n`,
  })
})

t.test('strategies beside adaptive ones end the program with 2', async (t) => {
  const file = join(testDirectory(t), 'strategies.yaml')
  writeFileSync(file, sampleYaml)
  const flags = ['--sampling.mode', 'adaptive', '--sampling.strategies', file]
  t.strictSame(await runProgram(['--store', 'memory:', ...flags]), {
    code: 2,
    stdout: '',
    stderr: 'spangate: Cannot use sampling.strategies: sampling.mode is adaptive, must be file\n',
  })
})

t.test('a URL of strategies that hangs holds up neither the start nor answers', async (t) => {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/strategies`
  const gateway = await GatewayProcess.start({
    store: 'memory:',
    args: ['--sampling.strategies', url, '--sampling.timeout', '200ms'],
  })
  t.teardown(() => gateway.stop())
  const { samplingHttp, jaegerHttp, admin: adminAddress } = await gateway.ready()
  for (const path of [`${samplingHttp}/sampling`, `${jaegerHttp}/api/sampling`]) {
    const response = await fetch(`http://${path}?service=cart`)
    t.equal(
      await response.text(),
      '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.001}}',
    )
  }
  const loads = 'spangate_sampling_loads_total'
  const sum = await metricsWith(adminAddress, (sum) => sum(loads, { outcome: 'timeout' }) > 0)
  t.ok(sum(loads, { outcome: 'timeout' }) > 0)
  await gateway.says('no answer within 200 ms')
  t.equal((await gateway.stop()).code, 0)
})
