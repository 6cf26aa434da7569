import { once } from 'node:events'
import { createServer } from 'node:net'

const attemptsMax = 20

/** A TCP port that nobody listens on now at any of the hosts, chosen by the system. */
export async function freePort(hosts: readonly string[] = ['127.0.0.1']): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    let port = 0
    try {
      for (const host of hosts) port = await listenOnce(host, port)
      return port
    } catch {
      // In use at another host: the system chooses again.
    }
  }
  throw new Error('Cannot find a free port')
}

/** @returns the port that was listened on, for a moment. @throws when it is in use */
async function listenOnce(host: string, port: number): Promise<number> {
  const server = createServer()
  server.listen({ host, port })
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return address === null || typeof address === 'string' ? 0 : address.port
}
