import { readFileSync } from 'node:fs'

/**
 * Datagrams that the kernel dropped because the receive buffers of these sockets were full, since
 * they were opened; undefined where the system does not tell.
 *
 * Source: Linux, net/ipv4/udp.c, udp4_seq_show: the second column is the local address, its port in
 * hexadecimal, and the last one is called drops.
 *
 * @param port of sockets of this process; every socket with it is counted
 */
export function kernelDrops(port: number, read = readTable): number | undefined {
  const tables = ['/proc/net/udp', '/proc/net/udp6'].map(read)
  if (tables.every((table) => table === undefined)) return undefined
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  let drops = 0
  for (const table of tables) {
    for (const line of table?.split('\n').slice(1) ?? []) {
      const columns = line.trim().split(/\s+/)
      if (columns[1]?.endsWith(`:${hexPort}`)) drops += Number(columns.at(-1))
    }
  }
  return drops
}

function readTable(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    // Another system, or one without IPv6.
    return undefined
  }
}
