import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { testDirectory } from '../test-directory.ts'
import { readMetrics } from './admin-client.ts'
import type { RequestSpans } from './export-load.ts'
import { exportRequest, Ledger } from './export-load.ts'
import { OtlpClient, QueryClient } from './gateway-clients.ts'
import type { Addresses } from './gateway-process.ts'
import { freePortOffset, GatewayProcess } from './gateway-process.ts'
import { middleOfHourMs, programClock } from './program-clock.ts'
import { runProgram } from './run-program.ts'

// What goes wrong around a gateway that runs: its clock, its disk, the clocks of its clients.

t.setTimeout(170_000)

const hourMs = 3_600_000
const dayMs = 24 * hourMs

interface Running {
  readonly gateway: GatewayProcess
  readonly addresses: Addresses
  /** Sends spans, which must be acknowledged. */
  send(spans: RequestSpans, startMicros?: number): Promise<void>
  /** The numbers of the traces that a search finds in a window, ascending. */
  search(startMs: number, endMs: number): Promise<number[]>
}

async function start(
  t: Test,
  options: Parameters<typeof GatewayProcess.start>[0],
): Promise<Running> {
  const gateway = await GatewayProcess.start(options)
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  const otlp = new OtlpClient(addresses.otlpGrpc)
  const query = new QueryClient(addresses.queryGrpc)
  t.teardown(() => {
    otlp.close()
    query.close()
  })
  return {
    gateway,
    addresses,
    async send(spans, startMicros) {
      const change = startMicros === undefined ? {} : { startMicros }
      t.match(await otlp.export(exportRequest(spans, change)), { code: 'OK' })
    },
    async search(startMs, endMs) {
      const found = await query.traceIds('shop', { startMs, endMs })
      return found.map((id) => Number.parseInt(id.slice(-8), 16)).sort((a, b) => a - b)
    },
  }
}

for (const kind of ['sqlite', 'memory'] as const) {
  t.test(`${kind}: a clock that jumps days forth and back removes nothing`, async (t) => {
    const folder = testDirectory(t)
    const { env, move } = programClock(folder)
    const store = kind === 'memory' ? 'memory:' : `sqlite:${join(folder, 'data')}`
    const { gateway, addresses, send, search } = await start(t, { store, env })
    const ledger = new Ledger()
    const sendNext = async (): Promise<void> => {
      const spans = { trace: ledger.traces.length + 1, firstId: 1, count: 3 }
      await send(spans)
      ledger.acknowledged(spans)
    }
    const isWhole = async (when: string): Promise<void> => {
      t.same(await ledger.faults(addresses.queryGrpc), [], when)
    }
    await sendNext()
    // Ten days are far more than the retention of three.
    for (const days of [1, 10]) {
      const from = gateway.stderr.length
      move(days * dayMs)
      await sendNext()
      await gateway.says('clock jumped forward, nothing expires for now', from)
      await isWhole(`${days} days ahead`)
      move(0)
      await sendNext()
      await gateway.says('spans expire again', from)
      await isWhole(`back from ${days} days`)
      // What arrived while it was ten days ahead is found no nearer than its retention before that.
      const found = days === 1 ? [1, 2, 3] : [1, 2, 3, 5]
      t.same(await search(Date.now() - hourMs, Date.now() + 60_000), found)
    }
    const aheadMs = Date.now() + 7 * dayMs
    t.same(await search(aheadMs - hourMs, aheadMs + hourMs), [4])
    const sum = await readMetrics(addresses.admin)
    t.equal(sum('spangate_spans_expired_total'), 0)
  })

  t.test(`${kind}: spans of 1970 and of 2100 are found by id and at the bounds`, async (t) => {
    const store = kind === 'memory' ? 'memory:' : `sqlite:${join(testDirectory(t), 'data')}`
    const { addresses, send, search } = await start(t, { store })
    const ledger = new Ledger()
    const year2100Micros = Date.UTC(2100, 0, 1) * 1000
    for (const [trace, startMicros] of [
      [1, undefined],
      [2, 1_000_000],
      [3, year2100Micros],
    ] as const) {
      const spans = { trace, firstId: 1, count: 2 }
      await send(spans, startMicros)
      ledger.acknowledged(spans)
    }
    t.same(await ledger.faults(addresses.queryGrpc), [])
    // docs/adr/0003: indexed at [arrival - retention, arrival + 1 h].
    const now = Date.now()
    const minute = 60_000
    t.same(await search(now - hourMs, now + minute), [1])
    t.same(await search(now - 72 * hourMs - minute, now - 72 * hourMs + minute), [2])
    t.same(await search(now + hourMs - minute, now + hourMs + minute), [3])
    t.same(await search(0, dayMs), [], 'not where their clock was')
    t.same(await search(now - 73 * hourMs, now + 2 * hourMs), [1, 2, 3])
  })
}

t.test('a start with a clock ten days ahead removes nothing', async (t) => {
  const folder = testDirectory(t)
  const { env, move } = programClock(folder)
  const store = `sqlite:${join(folder, 'data')}`
  const ledger = new Ledger()
  // The third start finds spans that arrived under the wrong clock.
  for (const [run, days] of [0, 10, 10, 0].entries()) {
    move(days * dayMs)
    const { gateway, addresses, send } = await start(t, { store, env })
    if (days > 0) await gateway.says('clock jumped forward, nothing expires for now')
    const spans = { trace: run + 1, firstId: 1, count: 3 }
    await send(spans)
    ledger.acknowledged(spans)
    t.same(await ledger.faults(addresses.queryGrpc), [])
    t.equal((await gateway.stop()).code, 0)
  }
})

t.test('a file that was cut in the middle costs its own hour at most', async (t) => {
  const folder = testDirectory(t)
  const { env, move } = programClock(folder)
  const path = join(folder, 'data')
  const store = `sqlite:${path}`
  const rest = new Ledger()
  const middleMs = middleOfHourMs()
  for (const [run, hoursAgo] of [3, 2, 1].entries()) {
    move(middleMs - hoursAgo * hourMs)
    const { gateway, send } = await start(t, { store, env })
    for (let trace = run * 10 + 1; trace <= run * 10 + 9; trace++) {
      const spans = { trace, firstId: 1, count: 20, padding: 500 }
      await send(spans)
      if (run !== 1) rest.acknowledged(spans)
    }
    t.equal((await gateway.stop()).code, 0)
  }
  const files = readdirSync(path).filter((name) => /^spans-.*\.db$/.test(name))
  t.equal(files.length, 3)
  const cut = files.sort()[1] ?? ''
  truncateSync(join(path, cut), Math.floor(statSync(join(path, cut)).size / 2))
  move(0)
  const { gateway, addresses, send, search } = await start(t, { store, env })
  await gateway.says('store file is damaged')
  await gateway.says(`${cut}.damaged`)
  t.same(await rest.faults(addresses.queryGrpc), [], 'the other hours are whole')
  const spans = { trace: 50, firstId: 1, count: 5 }
  await send(spans)
  rest.acknowledged(spans)
  t.same(await rest.faults(addresses.queryGrpc), [])
  // They started hours after they arrived, as it seems, and are found an hour after that at most.
  const found = await search(Date.now() - 4 * hourMs, Date.now() + 60_000)
  t.same(
    found,
    rest.traces.toSorted((left, right) => left - right),
  )
})

// Root can mount a file system and take the right to write from it; permissions do not bind root.
const disk = mkdtempSync(join(tmpdir(), 'spangate-read-only-'))
const isMounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'spangate', disk]).status === 0
t.teardown(() => {
  if (isMounted) spawnSync('umount', [disk])
  rmdirSync(disk)
})
const noDisk = isMounted ? false : 'run as root, so that a read-only file system can be mounted'

t.test('a directory that cannot be written ends the start', { skip: noDisk }, async (t) => {
  const path = join(disk, 'data')
  const { gateway, send } = await start(t, { store: `sqlite:${path}` })
  await send({ trace: 1, firstId: 1, count: 2 })
  await gateway.stop()
  const remount = (how: string): number | null =>
    spawnSync('mount', ['-o', `remount,${how}`, disk]).status
  t.equal(remount('ro'), 0)
  const offset = String(await freePortOffset())
  for (const [name, says] of [
    ['data', /: the directory cannot be written \(EROFS: .*\)\n$/],
    ['new', /: it is no directory and cannot be made one \(.*\)\n$/],
  ] as const) {
    const flags = ['--store', `sqlite:${join(disk, name)}`, '--port-offset', offset]
    const ran = await runProgram(flags)
    t.match(ran, { code: 1, stdout: '', stderr: `spangate: Cannot open store "${disk}/${name}"` })
    t.match(ran.stderr, says)
  }
  t.equal(remount('rw'), 0)
})

/** Files that even root cannot change. */
function makeImmutable(paths: readonly string[], isImmutable: boolean): boolean {
  return spawnSync('chattr', [isImmutable ? '+i' : '-i', ...paths]).status === 0
}

const probe = join(testDirectory(t), 'probe')
mkdirSync(probe)
const canMakeImmutable = makeImmutable([probe], true) && makeImmutable([probe], false)
const noChattr = canMakeImmutable ? false : 'run as root on ext4 or another with chattr +i'

t.test(
  'a store that cannot be written any more says so, and reads go on',
  { skip: noChattr },
  async (t) => {
    const path = join(testDirectory(t), 'data')
    const { gateway, addresses, send, search } = await start(t, { store: `sqlite:${path}` })
    const ledger = new Ledger()
    const sendNext = async (): Promise<void> => {
      const spans = { trace: ledger.traces.length + 1, firstId: 1, count: 2 }
      await send(spans)
      ledger.acknowledged(spans)
    }
    await sendNext()
    const paths = [path, ...readdirSync(path).map((name) => join(path, name))]
    t.ok(makeImmutable(paths, true))
    t.teardown(() => makeImmutable(paths, false))
    const otlp = new OtlpClient(addresses.otlpGrpc)
    t.teardown(() => otlp.close())
    const refused = await otlp.export(exportRequest({ trace: 90, firstId: 1, count: 2 }))
    t.match(refused, { code: 'UNAVAILABLE', message: /^Cannot store spans: .+/ })
    t.ok((refused.retryAfterMs ?? 0) > 0, 'the client is told when to try again')
    await gateway.says('commit failed')
    t.same(await ledger.faults(addresses.queryGrpc), [], 'reads go on')
    t.same(await search(Date.now() - hourMs, Date.now() + 60_000), [1])
    t.ok(makeImmutable(paths, false))
    await sendNext()
    t.same(await ledger.faults(addresses.queryGrpc), [], 'and writes, when they can')
  },
)
