import t from 'tap'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'
import { GatewayProcess } from './gateway-process.ts'
import { SteadyClient } from './steady-client.ts'

t.setTimeout(180_000)

const madePerSecond = 1000
const targetPerSecond = 50

const args = [
  ...['--sampling.mode', 'adaptive', '--sampling.default-probability', '1'],
  ...['--sampling.adaptive.interval', '500ms', '--sampling.adaptive.poll-interval', '500ms'],
  ...['--sampling.adaptive.target-rate', String(targetPerSecond)],
]

for (const kind of ['memory', 'sqlite'] as const) {
  t.test(`adaptive sampling brings an operation to its target, with ${kind}`, async (t) => {
    const store = kind === 'memory' ? 'memory:' : `sqlite:${testDirectory(t)}/data`
    const gateway = await GatewayProcess.start({ store, args })
    t.teardown(() => gateway.stop())
    const { otlpGrpc: otlp, samplingHttp: sampling } = await gateway.ready()
    const client = new SteadyClient({ service: 'cart', otlp, sampling, madePerSecond })
    t.teardown(() => client.stop())
    const keptPerSecond = () => client.keptPerSecond(2000)
    // More than the target allows in the two seconds that are looked at next, however soon it is cut.
    await until(() => client.kept > targetPerSecond * 4)
    // A machine that is busy makes spans in bursts, which is why it need not stay so.
    await until(() => {
      const kept = keptPerSecond()
      return kept > targetPerSecond * 0.6 && kept < targetPerSecond * 1.5
    })
    const rare = await fetch(`http://${sampling}/sampling?service=nobody`)
    t.match(await rare.text(), '"defaultLowerBoundTracesPerSecond":0.0166667')
  })
}

t.test('a restart in the same folder floods nobody', async (t) => {
  const store = `sqlite:${testDirectory(t)}/data`
  const first = await GatewayProcess.start({ store, args })
  t.teardown(() => first.stop())
  const addresses = await first.ready()
  const client = new SteadyClient({
    service: 'cart',
    otlp: addresses.otlpGrpc,
    sampling: addresses.samplingHttp,
    madePerSecond,
  })
  t.teardown(() => client.stop())
  await until(() => client.kept > targetPerSecond * 4)
  await until(() => client.keptPerSecond(2000) < targetPerSecond * 1.5)
  await client.stop()
  await first.kill9()
  const second = await GatewayProcess.start({ store, args })
  t.teardown(() => second.stop())
  const { samplingHttp } = await second.ready()
  const answer = await fetch(`http://${samplingHttp}/sampling?service=cart`)
  const [, share] = /"busy","probabilisticSampling":.*?(0[.\d]*)/.exec(await answer.text()) ?? []
  t.ok(Number(share) < 0.2, `busy is told ${share} after kill -9`)
})
