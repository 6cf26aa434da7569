import type { Test } from 'tap'
import { testDirectory } from '../test-directory.ts'
import type { LoadClient } from './export-load.ts'
import { Ledger, startLoad } from './export-load.ts'
import type { Addresses } from './gateway-process.ts'
import { GatewayProcess } from './gateway-process.ts'

/** Under what load a gateway is killed, and how often. */
export interface KillOptions {
  readonly kills: number
  readonly address: (addresses: Addresses) => string
  /** Opens a client's connection; OTLP over gRPC where it is left out. */
  readonly connect?: (address: string) => LoadClient
}

/** Kills gateways under load and holds that every span is there of which a client was told so. */
export async function outliveKills(t: Test, options: KillOptions): Promise<void> {
  const { kills, address, ...how } = options
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
      ...how,
      address: address(addresses),
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
