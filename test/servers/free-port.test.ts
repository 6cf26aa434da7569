import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { claimFreePorts, freePort, systemPortsBegin } from './free-port.ts'

const noClaims = process.platform === 'linux' ? false : 'needs names of Linux that are no files'

t.test('freePort() is free, below those of the system, and nobody gets it twice', async (t) => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()))
  t.equal(new Set(ports).size, ports.length)
  for (const port of ports) t.ok(port > 1024 && port < systemPortsBegin, `${port}`)
  const server = createServer().listen(ports[0], '127.0.0.1')
  await once(server, 'listening')
  server.close()
})

t.test('claimFreePorts() leaves alone what others have', { skip: noClaims }, async (t) => {
  const [ours, other] = [await freePort(), await freePort()]
  t.equal(await claimFreePorts({ tcp: [ours] }), false, 'it was given away before')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port: taken } = server.address() as { port: number }
  t.equal(await claimFreePorts({ tcp: [taken] }), false, 'somebody listens there')
  t.equal(await claimFreePorts({ tcp: [], udp: [other] }), false, 'also for UDP')
  server.close()
  await once(server, 'close')
  t.equal(await claimFreePorts({ tcp: [taken] }), true, 'what could not be had is not kept')
})
