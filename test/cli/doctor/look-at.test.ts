import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import t from 'tap'
import { findingLine } from '../../../src/cli/doctor/finding.ts'
import { lookAtClock, lookAtVersions } from '../../../src/cli/doctor/look-at-machine.ts'
import { lookAtPorts } from '../../../src/cli/doctor/look-at-ports.ts'
import { lookAtStore, withoutMigration } from '../../../src/cli/doctor/look-at-store.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import type { Config } from '../../../src/config/settings.ts'
import { settings } from '../../../src/config/settings.ts'
import { batchOf, never, openFor } from '../../stores/sqlite/store-samples.ts'
import { testDirectory } from '../../test-directory.ts'

/** Settings with ports that the system chooses, and these flags. */
function configOf(flags: Readonly<Record<string, string>>): Config {
  const ports = Object.entries(settings)
    .filter(([name, { type }]) => type === 'port' && name !== 'port-offset')
    .map(([name]) => [name, '0'] as const)
  const loaded = loadConfig({
    flags: new Map([...ports, ['bind', '127.0.0.1'], ...Object.entries(flags)]),
    environment: {},
    file: undefined,
  })
  if (loaded.kind !== 'config') throw new Error(loaded.problems.join('\n'))
  return loaded.config
}

t.test('lookAtPorts() names the ports that are taken, of TCP and UDP', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await Promise.all([once(server, 'listening'), once(socket, 'listening')])
  t.teardown(() => {
    server.close()
    socket.close()
  })
  const tcp = (server.address() as { port: number }).port
  const udp = socket.address().port
  const findings = await lookAtPorts(
    configOf({ 'query.grpc.port': `${tcp}`, 'jaeger.udp.compact.port': `${udp}` }),
  )
  const bad = findings.filter(({ isWell }) => !isWell).map(findingLine)
  const advice = (name: string): string => `choose another with --${name} or --port-offset`
  t.same(bad, [
    `FAIL  query.grpc.port: TCP ${tcp} is in use by another program; ${advice('query.grpc.port')}`,
    `FAIL  jaeger.udp.compact.port: UDP ${udp} is in use by another program; ${advice('jaeger.udp.compact.port')}`,
  ])
  t.ok(findings.length > 8)
})

t.test('lookAtPorts() wants another address where that is none of this machine', async (t) => {
  // Of a block for documentation, which no machine has (RFC 5737).
  const findings = await lookAtPorts(configOf({ bind: '192.0.2.1', 'query.grpc.port': '16685' }))
  const bad = findings.find(({ name }) => name === 'query.grpc.port')
  t.match(bad, {
    isWell: false,
    state: /EADDRNOTAVAIL.*; choose an address of this machine with --bind$/,
  })
})

t.test('lookAtStore() opens what is there, and makes nothing', async (t) => {
  const root = testDirectory(t)
  const look = (store: string) => lookAtStore(configOf({ store }))
  t.match(await look('memory:'), { isWell: true })
  const state = `sqlite:${root}/none is not there yet and can be made`
  t.same(await look(`sqlite:${root}/none`), { name: 'store', isWell: true, state })
  t.match(await look('oracle:'), { isWell: false, state: /names no store that there is/ })
  const store = await openFor(t, { path: `${root}/used` })
  t.match(await look(`sqlite:${root}/used`), { isWell: false })
  await store.close()
  t.match(await look(`sqlite:${root}/used`), { isWell: true, state: /spans of 0 services/ })
})

t.test(
  'withoutMigration() leaves the schema of a cluster as it is, and all else of the address',
  async (t) => {
    const address = 'cassandra://a:migrate=auto@host/spans'
    t.equal(withoutMigration(`${address}?dc=d&migrate=auto`), `${address}?dc=d&migrate=never`)
    t.equal(withoutMigration(`${address}?migrate=auto&dc=d`), `${address}?migrate=never&dc=d`)
    t.equal(withoutMigration(`${address}?dc=d`), `${address}?dc=d`)
    t.equal(withoutMigration('sqlite:./x?migrate=auto'), 'sqlite:./x?migrate=auto')
  },
)

t.test('lookAtStore() removes nothing that has expired, and sets nothing aside', async (t) => {
  const root = testDirectory(t)
  const path = `${root}/used`
  const store = await openFor(t, { path })
  await store.write('', batchOf({ trace: 1 }), never)
  await store.close()
  const [name = ''] = readdirSync(path).filter((one) => /^spans-.*\.db$/.test(one))
  const old = 'spans-20200101T00-000.db'
  renameSync(`${path}/${name}`, `${path}/${old}`)
  const before = readFileSync(`${path}/${old}`)
  const look = () => lookAtStore(configOf({ store: `sqlite:${path}`, 'store.retention': '1m' }))
  t.match(await look(), { isWell: true, state: /spans of 1 services/ })
  t.ok(readFileSync(`${path}/${old}`).equals(before), 'its file is as it was')
  writeFileSync(`${path}/${name}`, 'no database')
  writeFileSync(`${path}/${old}.new`, '')
  const names = readdirSync(path).filter((one) => !/-(wal|shm)$/.test(one))
  t.match(await look(), { isWell: false, state: new RegExp(`^1 file will be .*${name}`) })
  t.same(
    readdirSync(path).filter((one) => !/-(wal|shm)$/.test(one)),
    names,
  )
})

t.test(
  'lookAtStore() tells of a folder that cannot be written',
  {
    skip: process.getuid?.() === 0 ? 'root may write everywhere' : false,
  },
  async (t) => {
    const root = `${testDirectory(t)}/closed`
    mkdirSync(root)
    chmodSync(root, 0o500)
    const { state, isWell } = await lookAtStore(configOf({ store: `sqlite:${root}/data` }))
    t.match({ state, isWell }, { isWell: false, state: /is not writable/ })
  },
)

t.test('lookAtClock() knows times that cannot be', async (t) => {
  const nowMs = Date.parse('2026-11-30T12:00:00Z')
  const well = { nowMs, builtMs: nowMs - 1e9, fileMs: nowMs - 100 }
  t.same(lookAtClock(well), { name: 'clock', isWell: true, state: '2026-11-30T12:00:00.000Z' })
  t.match(lookAtClock({ ...well, builtMs: nowMs + 60_000 }), {
    isWell: false,
    state: /before this program was made/,
  })
  t.match(lookAtClock({ ...well, fileMs: nowMs - 60_000 }), {
    isWell: false,
    state: /60 s apart from the file system/,
  })
})

t.test('lookAtVersions() wants the Node that package.json names', async (t) => {
  t.match(lookAtVersions('0.1.0', '20.11.0'), {
    isWell: true,
    state: 'spangate 0.1.0 on Node 20.11.0',
  })
  t.match(lookAtVersions('0.1.0', '22.1.0'), { isWell: true })
  t.match(lookAtVersions('0.1.0', '20.10.0'), {
    isWell: false,
    state: /needs Node 20\.11 or later/,
  })
})
