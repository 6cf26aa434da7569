import t from 'tap'
import { migrate } from '../../src/stores/cassandra/schema/migrate.ts'
import { needsCassandra } from '../servers/cassandra-node.ts'
import { sessionOptions, testCluster } from '../stores/cassandra/test-cluster.ts'
import { until } from '../transport/start-listener.ts'
import { GatewayProcess } from './gateway-process.ts'
import { SteadyClient } from './steady-client.ts'

// Four starts of the program on a busy server.
t.setTimeout(300_000)

const targetPerSecond = 40
const leaseMs = 4000
/** How late all of it may be on a busy machine; with it, still sooner than a lease ends that nobody has set. */
const busyMs = 10_000
const args = [
  ...['--sampling.mode', 'adaptive', '--sampling.default-probability', '1'],
  ...['--sampling.adaptive.target-rate', String(targetPerSecond)],
  ...['--sampling.adaptive.interval', '1s', '--sampling.adaptive.poll-interval', '1s'],
  ...['--sampling.adaptive.lease', `${leaseMs}ms`],
]

t.test(
  'three gateways adapt together, and go on without their leader',
  needsCassandra(),
  async (t) => {
    const { address: store, session } = await testCluster(t)
    const options = sessionOptions(store)
    await migrate(session, { address: options.address })
    const start = async () => {
      const gateway = await GatewayProcess.start({ store, args })
      t.teardown(() => gateway.stop())
      return { gateway, addresses: await gateway.ready() }
    }
    const gateways = [await start(), await start(), await start()]
    // Each client sends to a gateway of its own and asks another one.
    const clients = gateways.map(({ addresses }, at) => {
      const asked = gateways[(at + 1) % 3]?.addresses.samplingHttp ?? ''
      return new SteadyClient({
        service: 'cart',
        otlp: addresses.otlpGrpc,
        sampling: asked,
        madePerSecond: 200,
      })
    })
    t.teardown(() => Promise.all(clients.map((client) => client.stop())))
    const keptPerSecond = () => clients.reduce((sum, client) => sum + client.keptPerSecond(3000), 0)
    const isNear = () =>
      keptPerSecond() > targetPerSecond * 0.5 && keptPerSecond() < targetPerSecond * 1.6

    await t.test('all together keep the target', async () => {
      await until(() => clients.reduce((sum, { kept }) => sum + kept, 0) > targetPerSecond * 5)
      await until(isNear)
      // Each knows by what it has asked last; a lease that is renewed late is nobody's for a while.
      await until(async () => (await leadersOf(gateways)) === 1)
      await until(async () => {
        const shares = gateways.map(({ addresses }) => shareOf(addresses.samplingHttp))
        return Math.max(...(await Promise.all(shares))) < 0.5
      })
    })

    await t.test('another one leads within the lease when the leader is killed -9', async (t) => {
      const at = await leaderAmong(gateways)
      const [leader] = gateways.splice(at, 1)
      const [ofLeader] = clients.splice(at, 1)
      await ofLeader?.stop()
      await leader?.gateway.kill9()
      const killedMs = performance.now()
      let leaders = 0
      // The TTL of the lease is in whole seconds, one more than it lasts; then somebody has to ask.
      while (leaders === 0 && performance.now() < killedMs + leaseMs * 1.25 + 2000 + busyMs) {
        leaders = await leadersOf(gateways)
      }
      t.comment(`after ${Math.round(performance.now() - killedMs)} ms`)
      t.equal(leaders, 1)
      // The others ask whoever is left.
      const left = gateways.map(({ addresses }) => addresses.samplingHttp)
      for (const [index, client] of clients.entries()) client.ask(left[index] ?? '')
      for (const client of clients) client.madePerSecond = 600
      // 1,200 a second in place of 600 of three.
      await until(async () => (await shareOf(left[0] ?? '')) < (targetPerSecond / 1200) * 1.4)
      await until(isNear)
    })

    await t.test('a gateway that comes later tells the same at once', async (t) => {
      const later = await start()
      const known = await shareOf(gateways[0]?.addresses.samplingHttp ?? '')
      const told = await shareOf(later.addresses.samplingHttp)
      t.ok(told < known * 3 && told > known / 3, `${told}, the others say ${known}`)
      t.equal(await leadersOf([later]), 0)
    })
  },
)

type Started = { readonly addresses: Awaited<ReturnType<GatewayProcess['ready']>> }

async function isLeader({ addresses }: Started): Promise<boolean> {
  const response = await fetch(`http://${addresses.admin}/metrics`)
  return /^spangate_sampling_leader 1$/m.test(await response.text())
}

async function leadersOf(gateways: readonly Started[]): Promise<number> {
  const each = await Promise.all(gateways.map(isLeader))
  return each.filter(Boolean).length
}

async function leaderAmong(gateways: readonly Started[]): Promise<number> {
  let leader: number | undefined
  await until(async () => {
    for (const [at, gateway] of gateways.entries()) if (await isLeader(gateway)) leader = at
    return leader !== undefined
  })
  return leader ?? 0
}

async function shareOf(samplingHttp: string): Promise<number> {
  const response = await fetch(`http://${samplingHttp}/sampling?service=cart`)
  const { operationSampling } = (await response.json()) as {
    operationSampling: {
      perOperationStrategies: {
        operation: string
        probabilisticSampling: { samplingRate: number }
      }[]
    }
  }
  const busy = operationSampling.perOperationStrategies.find(
    ({ operation }) => operation === 'busy',
  )
  return busy?.probabilisticSampling.samplingRate ?? Number.NaN
}
