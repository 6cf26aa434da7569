import t from 'tap'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { checks, keeping, runCheck, spanStoreConformance } from '../../conformance/span-store.ts'
import { kept, openOver, openUnordered, startRemoteHost } from './start-remote-host.ts'

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
  await spanStoreConformance(t, open, { kept, reopen, random: { queries: 40, spans: 400 } })
})

t.test('RemoteStore finds as much where the remote may give any trace', async (t) => {
  const host = startRemoteHost(t)
  const open = async (): Promise<SpanStore> => {
    const address = await host.start()
    await host.stopOlder()
    return keeping(await openUnordered(address), kept)
  }
  const asked = checks.filter(
    ({ name, needs }) =>
      /random queries|limit|orders|window/.test(name) && !needs?.includes('tenants'),
  )
  t.ok(asked.length > 8, `${asked.length} checks`)
  for (const check of asked) {
    await t.test(check.name, () =>
      runCheck(check, open, { kept, random: { queries: 40, spans: 400 } }),
    )
  }
})
