import type { Test } from 'tap'
import t from 'tap'
import { encodeThriftBatches } from '../../bridge/jaeger-thrift/encode-batches.ts'
import { testDirectory } from '../test-directory.ts'
import type { LoadClient } from './export-load.ts'
import { Ledger, requestGroup, startLoad } from './export-load.ts'
import type { Addresses } from './gateway-process.ts'
import { GatewayProcess } from './gateway-process.ts'
import { httpLoadClient } from './http-load-client.ts'

// Dozens of starts of the program, and reading everything back.
t.setTimeout(600_000)

/** How spans are sent while the gateway is killed. */
interface Killed {
  readonly kills: number
  readonly address: keyof Addresses
  readonly connect?: (address: string) => LoadClient
}

const protocols: Readonly<Record<string, Killed>> = {
  OTLP: { kills: 20, address: 'otlpGrpc' },
  'Jaeger Thrift over HTTP': {
    kills: 5,
    address: 'jaegerHttp',
    connect: httpLoadClient({
      path: '/api/traces?format=jaeger.thrift',
      contentType: 'application/x-thrift',
      success: 202,
      encode: (spans) => {
        const { batches } = encodeThriftBatches([requestGroup(spans)], 'binary')
        return batches[0] ?? new Uint8Array()
      },
    }),
  },
}

for (const [name, killed] of Object.entries(protocols)) {
  t.test(
    `every span that clients of ${name} were told is stored outlives ${killed.kills} kill -9`,
    (t) => outlives(t, killed),
  )
}

async function outlives(t: Test, { kills, address, connect }: Killed): Promise<void> {
  const store = `sqlite:${testDirectory(t)}/data`
  const ledger = new Ledger()
  for (let run = 1; run <= kills; run++) {
    const gateway = await GatewayProcess.start({ store })
    t.teardown(() => gateway.stop())
    const addresses = await gateway.ready()
    const before = ledger.traces.slice(-20)
    const faults = await ledger.faults(addresses.queryGrpc, before)
    t.same(faults, [], `after ${run - 1} kills the spans acknowledged before the last are there`)
    const load = startLoad({
      address: addresses[address],
      ...(connect === undefined ? {} : { connect }),
      ledger,
      clients: 8,
      firstTrace: run * 100,
      timeoutMs: 5000,
    })
    // From right after the first answer on to some dozen commits later.
    await load.reached(1 + ((run * 37) % 100))
    const { signal } = await gateway.kill9()
    t.equal(signal, 'SIGKILL')
    await load.stop()
    await gateway.stop()
  }
  const gateway = await GatewayProcess.start({ store })
  t.teardown(() => gateway.stop())
  const { queryGrpc } = await gateway.ready()
  t.same(await ledger.faults(queryGrpc), [], 'all of them are there at the end')
  t.comment(`${ledger.count} spans acknowledged over ${kills} kills`)
  t.ok(ledger.count > kills * 10, 'spans were written')
}
