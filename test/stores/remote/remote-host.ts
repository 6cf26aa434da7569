/**
 * A process with any number of gateways, each with a store of its own and all of its ports: its remote
 * storage is at hand in a fraction of the time that a process takes. Told by messages:
 *
 *   { open: STORE }   starts one and answers { address: 'host:port' }
 *   { close: true }   stops the one that was started last but one, if there is any
 */

import { settings } from '../../../src/config/settings.ts'
import { startEmbeddedGateway } from '../../../src/embedded-gateway.ts'
import type { Gateway } from '../../../src/gateway.ts'

const ports = Object.entries(settings)
  .filter(([, { type }]) => type === 'port')
  .map(([name]) => [name, 0] as const)
const gateways: Gateway[] = []

async function open(store: string): Promise<string> {
  const gateway = await startEmbeddedGateway({
    settings: { store, bind: '127.0.0.1', ...Object.fromEntries(ports) },
  })
  gateways.push(gateway)
  const prefix = 'storage.grpc='
  const address = gateway.addresses.find((one) => one.startsWith(prefix)) ?? ''
  return address.slice(prefix.length)
}

process.on('message', (told: { readonly open?: string; readonly close?: true }) => {
  const work = async (): Promise<unknown> => {
    if (told.open !== undefined) return { address: await open(told.open) }
    if (gateways.length > 1) await gateways.splice(-2, 1)[0]?.stop()
    return {}
  }
  work().then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
// Whoever asked is gone.
process.on('disconnect', () => process.exit(0))
