import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { testDirectory } from '../test-directory.ts'
import { exportRequest, Ledger } from './export-load.ts'
import { OtlpClient } from './gateway-clients.ts'
import { freePortOffset, GatewayProcess } from './gateway-process.ts'
import { listeningAddresses } from './listening-addresses.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(120_000)

t.test('a port in use ends the program with 1, names it and leaves nothing behind', async (t) => {
  const folder = testDirectory(t)
  const store = `sqlite:${folder}/data`
  const portOffset = await freePortOffset()
  // The last one that is opened, so that all others have to be closed again.
  const port = 8888 + portOffset
  const taken = createServer().listen({ host: '127.0.0.1', port })
  await once(taken, 'listening')
  const ran = await runProgram(['--store', store, '--port-offset', String(portOffset)])
  taken.close()
  t.match(ran, { code: 1, stdout: '' })
  t.match(
    ran.stderr,
    new RegExp(
      `^spangate: Cannot listen for admin on 127\\.0\\.0\\.1:${port}: the port is in use;.*\n$`,
    ),
  )
  const gateway = await GatewayProcess.start({ store, portOffset })
  t.teardown(() => gateway.stop())
  await gateway.ready()
  t.pass('the store and the ports are free')
})

t.test('an address that is not ours ends the program with 1 and names it', async (t) => {
  const args = ['--store', 'memory:', '--bind', '192.0.2.1', '--otlp.grpc.port', '0']
  const ran = await runProgram(args)
  t.match(ran, { code: 1, stdout: '', stderr: /^spangate: Cannot listen .*192\.0\.2\.1.*\n$/ })
})

t.test('a second program on the same store ends with 1, and the first goes on', async (t) => {
  const path = join(testDirectory(t), 'data')
  const store = `sqlite:${path}`
  const gateway = await GatewayProcess.start({ store })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryGrpc } = await gateway.ready()
  const offset = String(await freePortOffset())
  t.same(await runProgram(['--store', store, '--port-offset', offset]), {
    code: 1,
    stdout: '',
    stderr: `spangate: Cannot open store "${path}": it is in use by another process (pid ${gateway.pid})\n`,
  })
  const ledger = new Ledger()
  const client = new OtlpClient(otlpGrpc)
  t.teardown(() => client.close())
  const spans = { trace: 1, firstId: 1, count: 2 }
  t.match(await client.export(exportRequest(spans)), { code: 'OK' })
  ledger.acknowledged(spans)
  t.same(await ledger.faults(queryGrpc), [])
})

t.test('a damaged hour is set aside and named, and the program goes on', async (t) => {
  const path = join(testDirectory(t), 'data')
  const store = `sqlite:${path}`
  const gateway = await GatewayProcess.start({ store })
  t.teardown(() => gateway.stop())
  const { otlpGrpc } = await gateway.ready()
  const client = new OtlpClient(otlpGrpc)
  for (let trace = 1; trace <= 20; trace++) {
    await client.export(exportRequest({ trace, firstId: 1, count: 20, padding: 1000 }))
  }
  client.close()
  t.equal((await gateway.stop()).code, 0)
  const name = readdirSync(path).find((one) => /^spans-.*\.db$/.test(one)) ?? ''
  const whole = readFileSync(join(path, name))
  const damages: Readonly<Record<string, Buffer>> = {
    'another header': Buffer.concat([Buffer.from('not a database\0\0'), whole.subarray(16)]),
    'a lost end': whole.subarray(0, whole.length - 3 * 4096),
    'zeros in the schema': Buffer.concat([
      whole.subarray(0, 100),
      Buffer.alloc(3996),
      whole.subarray(4096),
    ]),
  }
  for (const [what, bytes] of Object.entries(damages)) {
    for (const one of readdirSync(path)) rmSync(join(path, one))
    writeFileSync(join(path, name), bytes)
    const again = await GatewayProcess.start({ store })
    t.teardown(() => again.stop())
    await again.ready()
    t.equal((await again.stop()).code, 0, what)
    t.match(again.stderr, /store file is damaged/, what)
    t.match(again.stderr, `${name}.damaged`, what)
    t.ok(readFileSync(join(path, `${name}.damaged`)).equals(bytes), `${what}: its bytes are kept`)
  }
})

t.test('a store of a newer version ends the program with 1, and is left as it is', async (t) => {
  const path = join(testDirectory(t), 'data')
  const store = `sqlite:${path}`
  const gateway = await GatewayProcess.start({ store })
  t.teardown(() => gateway.stop())
  const { otlpGrpc } = await gateway.ready()
  const client = new OtlpClient(otlpGrpc)
  await client.export(exportRequest({ trace: 1, firstId: 1, count: 2 }))
  client.close()
  t.equal((await gateway.stop()).code, 0)
  const name = readdirSync(path).find((one) => /^spans-.*\.db$/.test(one)) ?? ''
  const bytes = readFileSync(join(path, name))
  // The format, big-endian at offset 60.
  bytes.writeUInt32BE(9, 60)
  writeFileSync(join(path, name), bytes)
  const before = digestsOf(path)
  const offset = String(await freePortOffset())
  const ran = await runProgram(['--store', store, '--port-offset', offset])
  t.match(ran, { code: 1, stdout: '' })
  t.match(ran.stderr, /^spangate: Cannot open store file ".*\.db": it has format 9, .*\n$/)
  t.match(digestsOf(path), before, 'no file was changed')
})

t.test('nothing listens beyond this machine unless it is asked for', async (t) => {
  const gateway = await GatewayProcess.start({ store: 'memory:' })
  t.teardown(() => gateway.stop())
  await gateway.ready()
  const ports = [4317, 4318, 14250, 16685, 17271, 5778, 5779, 6831, 6832, 8888].map(
    (port) => port + gateway.portOffset,
  )
  const addresses = await listeningAddresses(ports)
  if (addresses === undefined) {
    t.comment('not checked: the system does not list its sockets in /proc')
    return
  }
  t.same(
    new Set(addresses.map(({ port }) => port)),
    new Set(ports),
    'the list has every port of the program',
  )
  const others = addresses.filter(({ address }) => address !== '127.0.0.1' && address !== '::1')
  t.same(others, [])
})

/** What is in every file of the store, but for the lock's. */
function digestsOf(path: string): Readonly<Record<string, string>> {
  const names = readdirSync(path).filter((name) => !name.startsWith('lock.'))
  return Object.fromEntries(
    names.map((name) => {
      const bytes = readFileSync(join(path, name))
      return [name, createHash('sha256').update(bytes).digest('hex')]
    }),
  )
}
