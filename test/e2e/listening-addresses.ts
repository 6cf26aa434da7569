import { readFile } from 'node:fs/promises'

/** An address and port on which somebody on this machine listens. */
export interface ListeningAddress {
  readonly address: string
  readonly port: number
}

/** TCP's LISTEN, and what a UDP socket without a peer is in. */
const listening = ['0A', '07']

/**
 * Who listens on these ports, as Linux lists it in /proc/net; undefined on other systems.
 *
 * Source: https://docs.kernel.org/networking/proc_net_tcp.html
 */
export async function listeningAddresses(
  ports: readonly number[],
): Promise<ListeningAddress[] | undefined> {
  const names = ['tcp', 'tcp6', 'udp', 'udp6']
  const tables = await Promise.all(names.map((name) => linesOf(`/proc/net/${name}`)))
  if (tables.every((lines) => lines.length === 0)) return undefined
  return tables.flat().flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [hexAddress = '', hexPort = ''] = local.split(':')
    const port = Number.parseInt(hexPort, 16)
    if (!listening.includes(state ?? '') || !ports.includes(port)) return []
    return [{ address: addressOf(hexAddress), port }]
  })
}

async function linesOf(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(1)
  } catch {
    // Another system, or one without IPv6.
    return []
  }
}

/** The kernel prints 32-bit words in the order of the machine's bytes, here the little end first. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex').swap32()
  if (bytes.length === 4) return bytes.join('.')
  return bytes.equals(loopback6) ? '::1' : bytes.toString('hex')
}

const loopback6 = Buffer.from('00000000000000000000000000000001', 'hex')
