import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project-root.ts'

t.setTimeout(60_000)

t.test('a command that waits for an answer ends at the first SIGINT', async (t) => {
  // It takes connections and says nothing.
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const main = join(projectRoot, 'dist/src/main.js')
  const args = ['trace', 'get', '1', '--endpoint', `127.0.0.1:${port}`, '--timeout', '10m']
  const child = spawn(process.execPath, [main, ...args], { stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  const [socket] = (await once(server, 'connection')) as [{ destroy(): void }]
  t.teardown(() => socket.destroy())
  child.kill('SIGINT')
  t.same(await once(child, 'exit'), [1, null])
})
