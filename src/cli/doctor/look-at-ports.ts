import { createSocket } from 'node:dgram'
import type { Config } from '../../config/settings.ts'
import { listOf, settings } from '../../config/settings.ts'
import { bindAddresses } from '../../transport/bind-addresses.ts'
import type { Finding } from './finding.ts'

/** Whether every port of the settings can be listened on, on every address. Frees them again. */
export async function lookAtPorts(config: Config): Promise<readonly Finding[]> {
  const addresses = listOf(config.bind)
  const findings: Finding[] = []
  for (const [name, setting] of Object.entries(settings)) {
    if (setting.type !== 'port' || name === 'port-offset') continue
    const port = config[name as keyof Config] as number
    const protocol = name.includes('.udp.') ? 'UDP' : 'TCP'
    try {
      if (protocol === 'UDP') await tryUdp(addresses, port)
      else await tryTcp(addresses, port)
      findings.push({ name, isWell: true, state: `${protocol} ${port} is free` })
    } catch (error) {
      const state = `${protocol} ${port} ${stateOf(error)}; ${adviceOf(error, name)}`
      findings.push({ name, isWell: false, state })
    }
  }
  return findings
}

async function tryTcp(addresses: readonly string[], port: number): Promise<void> {
  const bound = await bindAddresses({ addresses, port, onConnection: (socket) => socket.destroy() })
  bound.close()
}

/** IPv4 alone: a datagram port that is taken there is taken by whoever would take both. */
async function tryUdp(addresses: readonly string[], port: number): Promise<void> {
  for (const address of addresses) {
    if (address.includes(':')) continue
    const socket = createSocket('udp4')
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject)
        socket.bind({ address, port, exclusive: true }, resolve)
      })
    } finally {
      socket.close()
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Another port does not help where the address is wrong. */
function adviceOf(error: unknown, name: string): string {
  const isAddress = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(codeOf(error))
  if (isAddress) return 'choose an address of this machine with --bind'
  return `choose another with --${name} or --port-offset`
}

function stateOf(error: unknown): string {
  const code = codeOf(error)
  if (code === 'EADDRINUSE') return 'is in use by another program'
  if (code === 'EACCES') return 'is not allowed to this user'
  return `cannot be listened on (${error instanceof Error ? error.message : String(error)})`
}
