import t from 'tap'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { keeping, spanStoreConformance } from '../../conformance/span-store.ts'
import { kept, openOver, startRemoteHost } from './start-remote-host.ts'

// The remote is another process with the gateway in it, one for each check.
t.setTimeout(240_000)

t.test('RemoteStore over a spangate fills the port', async (t) => {
  const host = startRemoteHost(t)
  const addresses = new Map<SpanStore, string>()
  const open = async (): Promise<SpanStore> => {
    const address = await host.start()
    if (addresses.size > 1) await host.stopOlder()
    const store = keeping(await openOver(address), kept)
    addresses.set(store, address)
    return store
  }
  const reopen = async (store: SpanStore): Promise<SpanStore> => {
    await store.close()
    return keeping(await openOver(addresses.get(store) ?? ''), kept)
  }
  await spanStoreConformance(t, open, { kept, reopen, random: { queries: 60, spans: 500 } })
})
