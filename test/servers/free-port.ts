import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Server } from 'node:net'
import { createServer } from 'node:net'

/** From here on Linux takes the ports of outgoing connections, and those of whoever leaves the choice to it. */
export const systemPortsBegin = 32_768

const portsBegin = 10_000
const attemptsMax = 50

/**
 * A TCP port that nobody listens on now at any of the hosts, and that no other test takes as long as this
 * process runs.
 */
export async function freePort(hosts: readonly string[] = ['127.0.0.1']): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = portsBegin + Math.floor(Math.random() * (systemPortsBegin - portsBegin))
    if (await claimFreePorts({ tcp: [port], hosts })) return port
  }
  throw new Error(`Cannot find a free port in ${attemptsMax} attempts`)
}

/** Ports that somebody wants. */
export interface WantedPorts {
  readonly tcp: readonly number[]
  readonly udp?: readonly number[]
  /** By default 127.0.0.1. */
  readonly hosts?: readonly string[]
}

/**
 * Whether all of these ports are free now; then they belong to this process until it ends. Between this look
 * and the start of the program that listens there, a test file beside this one may look for ports as well.
 */
export async function claimFreePorts(wanted: WantedPorts): Promise<boolean> {
  const { tcp, udp = [], hosts = ['127.0.0.1'] } = wanted
  const claims = await Promise.all([...tcp, ...udp].map(claim))
  const isOurs = claims.every((one) => one !== undefined)
  // Who looks whether a port is free has it for a moment, so nobody looks at one of others.
  if (isOurs && (await areFree({ tcp, udp, hosts }))) return true
  for (const one of claims) one?.close()
  return false
}

async function areFree({ tcp, udp, hosts }: Required<WantedPorts>): Promise<boolean> {
  const free = await Promise.all(
    hosts.flatMap((host) => [
      ...tcp.map((port) => isFree(host, port)),
      ...udp.map((port) => isFreeForUdp(host, port)),
    ]),
  )
  return free.every(Boolean)
}

/**
 * Takes a name that only one process can have, and that is no file (unix(7), abstract sockets; Linux).
 *
 * @returns undefined where another one has it
 */
async function claim(port: number): Promise<Server | undefined> {
  const server = createServer()
  try {
    server.listen(`\0spangate-test-port-${port}`)
    await once(server, 'listening')
    server.unref()
  } catch (error) {
    // Another system has no such names, and nothing keeps others from the port.
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined
  }
  return server
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return true
  } catch {
    // In use, or not for us: either way another one is tried.
    return false
  } finally {
    server.close()
  }
}

async function isFreeForUdp(address: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  try {
    socket.bind({ address, port, exclusive: true })
    await once(socket, 'listening')
    return true
  } catch {
    // In use, or not for us: either way another one is tried.
    return false
  } finally {
    socket.close()
  }
}
