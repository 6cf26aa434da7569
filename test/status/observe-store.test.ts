import t from 'tap'
import type { CallsHealth } from '../../src/ports/gateway-status.ts'
import type { StoreFacts } from '../../src/ports/store-facts.ts'
import { observeStore } from '../../src/status/observe-store.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { sampleDetails, sampleUnixMs } from './sample-status.ts'

const well: CallsHealth = {
  state: 'ok',
  failedCount: 0,
  lastSuccessUnixMs: 1,
  failingSinceUnixMs: undefined,
  lastError: undefined,
}
const failing: CallsHealth = { ...well, state: 'failing', failingSinceUnixMs: 2 }

/** The lines of the store in `/metrics`. */
async function linesOf(facts: StoreFacts | undefined, writes = well): Promise<string[]> {
  const metrics = createMetrics()
  observeStore(metrics, {
    facts: async () => facts,
    writes: { health: writes },
    reads: { health: well },
  })
  const lines = (await metrics.render()).split('\n').filter((line) => /^spangate_store/.test(line))
  await metrics.close()
  return lines
}

t.test('observeStore() shows what files hold, of how much, and since when', async (t) => {
  const facts = { oldestArrivalUnixMs: sampleUnixMs, details: sampleDetails.sqlite }
  t.same(await linesOf(facts), [
    'spangate_store_failing{calls="writes"} 0',
    'spangate_store_failing{calls="reads"} 0',
    'spangate_store_size_bytes 1300000000',
    'spangate_store_size_max_bytes 10737418240',
    'spangate_store_archive_bytes 4096',
    'spangate_store_disk_free_bytes 42949672960',
    'spangate_store_spans 5012331',
    'spangate_store_damaged_files 0',
    `spangate_store_oldest_arrival_seconds ${sampleUnixMs / 1000}`,
  ])
})

t.test('observeStore() shows nodes of a cluster, and that writes fail', async (t) => {
  t.same(await linesOf({ details: sampleDetails.cassandra }, failing), [
    'spangate_store_failing{calls="writes"} 1',
    'spangate_store_failing{calls="reads"} 0',
    'spangate_store_nodes{state="up"} 2',
    'spangate_store_nodes{state="down"} 0',
  ])
})

t.test('observeStore() shows no amounts while the store tells nothing', async (t) => {
  t.equal((await linesOf(undefined)).length, 2)
})
