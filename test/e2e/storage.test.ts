import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'
import { exportRequest, Ledger, startLoad } from './export-load.ts'
import { OtlpClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(120_000)

const fixture = 'spans-20261118T11-000.db'

t.test('a backup of a gateway that writes has all that was acknowledged before it', async (t) => {
  const path = testDirectory(t)
  const store = `sqlite:${join(path, 'data')}`
  const gateway = await GatewayProcess.start({ store })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryGrpc } = await gateway.ready()
  const ledger = new Ledger()
  const load = startLoad({ address: otlpGrpc, ledger, clients: 4, firstTrace: 100 })
  await load.reached(200)
  const before = ledger.copy()
  t.ok(before.count >= 2000)
  const copy = join(path, 'copy')
  const backup = await runProgram(['storage', 'backup', copy, '--store', store])
  t.match(backup, { code: 0, stderr: '' })
  const names = readdirSync(copy)
  t.same(backup.stdout, names.map((name) => `${name} copied\n`).join(''))
  t.ok(
    names.every((name) => /^spans-.*\.db$/.test(name)),
    'nothing else is there',
  )
  const after = load.acknowledged
  await load.reached(after + 50)
  await load.stop()
  t.same(load.refusals, [], 'nothing was refused meanwhile')
  t.same(await ledger.faults(queryGrpc), [])
  // Where the settings say: by environment as well as by flag.
  const restored = `sqlite:${join(path, 'restored')}`
  const env = { SPANGATE_STORE: restored }
  const restore = await runProgram(['storage', 'restore', copy], { env })
  t.match(restore, { code: 0, stderr: '' })
  t.same(restore.stdout, names.map((name) => `${name} restored\n`).join(''))
  const check = await runProgram(['storage', 'check'], { env })
  t.match(check, { code: 0, stderr: '' })
  t.match(check.stdout, /^(spans-\S+\.db ok: \d+ spans, \d+ blocks\n)+$/)
  const again = await GatewayProcess.start({ store: restored })
  t.teardown(() => again.stop())
  const addresses = await again.ready()
  t.same(await before.faults(addresses.queryGrpc), [])
  const client = new OtlpClient(addresses.otlpGrpc)
  const more = { trace: 1, firstId: 1, count: 3 }
  t.match(await client.export(exportRequest(more)), { code: 'OK' })
  client.close()
  before.acknowledged(more)
  t.same(await before.faults(addresses.queryGrpc), [], 'it takes spans as any other')
  t.match(await runProgram(['storage', 'check'], { env }), { code: 0 }, 'also while it runs')
})

t.test('a backup is restored into a gateway that runs', async (t) => {
  const path = testDirectory(t)
  const [from, to] = ['from', 'to'].map((name) => `sqlite:${join(path, name)}`)
  const ledger = new Ledger()
  for (const [at, store] of [from, to].entries()) {
    const gateway = await GatewayProcess.start({ store: store ?? '' })
    t.teardown(() => gateway.stop())
    const { otlpGrpc, queryGrpc } = await gateway.ready()
    const client = new OtlpClient(otlpGrpc)
    const spans = { trace: 1, firstId: at * 10 + 1, count: 5 }
    t.match(await client.export(exportRequest(spans)), { code: 'OK' })
    client.close()
    ledger.acknowledged(spans)
    if (at === 0) {
      await gateway.stop()
      continue
    }
    t.equal((await ledger.faults(queryGrpc)).length, 5)
    const flags = ['--store', from ?? '']
    t.match(await runProgram(['storage', 'backup', join(path, 'copy'), ...flags]), { code: 0 })
    const args = ['storage', 'restore', join(path, 'copy'), '--store', store ?? '']
    t.match(await runProgram(args), { code: 0, stderr: '' })
    t.same(await ledger.faults(queryGrpc), [], 'the next search finds them')
  }
})

t.test('what is damaged ends check, backup and restore with 1, and is named', async (t) => {
  const path = testDirectory(t)
  const store = `sqlite:${join(path, 'data')}`
  const gateway = await GatewayProcess.start({ store })
  t.teardown(() => gateway.stop())
  const { otlpGrpc } = await gateway.ready()
  const client = new OtlpClient(otlpGrpc)
  for (let trace = 1; trace <= 20; trace++) {
    await client.export(exportRequest({ trace, firstId: 1, count: 20, padding: 1000 }))
  }
  client.close()
  await gateway.stop()
  const [name = ''] = readdirSync(join(path, 'data')).filter((one) => /^spans-.*\.db$/.test(one))
  const file = join(path, 'data', name)
  writeFileSync(file, readFileSync(file).fill(0xa5, 3 * 4096, 40 * 4096))
  const flags = ['--store', store]
  const check = await runProgram(['storage', 'check', ...flags])
  t.equal(check.code, 1)
  t.match(check.stdout, new RegExp(`^${name} DAMAGED: \\d+ spans, \\d+ blocks\n$`))
  t.match(check.stderr, new RegExp(`^(spangate: ${name}: .+\n)+$`))
  const backup = await runProgram(['storage', 'backup', join(path, 'copy'), ...flags])
  t.match(backup, { code: 1, stdout: '' })
  t.match(backup.stderr, new RegExp(`^spangate: ${name} not copied: .*damaged.*\n$`))
  const target = `sqlite:${join(path, 'other')}`
  const restore = await runProgram(['storage', 'restore', join(path, 'data'), '--store', target])
  t.match(restore, { code: 1, stdout: '' })
  t.match(restore.stderr, new RegExp(`^spangate: ${name} not restored: .*damaged.*\n$`))
})

t.test('a storage command that makes no sense ends with 2 and says why', async (t) => {
  const path = testDirectory(t, {
    full: { file: 'x' },
    empty: {},
    file: 'x',
    data: { [fixture]: readFileSync(join(projectRoot, 'test/golden/store/format-1', fixture)) },
  })
  const at = (name: string): string => join(path, name)
  const flags = (name: string): string[] => ['--store', `sqlite:${at(name)}`]
  const mistakes: readonly [readonly string[], string | RegExp][] = [
    [['bckup', 'x'], /^unknown command 'bckup' \(Did you mean backup\?\); --help .*$/],
    [['backup'], "missing required argument 'directory'; --help lists what there is"],
    [['restore'], "missing required argument 'directory'; --help lists what there is"],
    [['backup', 'a', 'b'], /^too many arguments for 'backup'\..*$/],
    [['check', 'a'], /^too many arguments for 'check'\..*$/],
    [['check', '--deep'], /^unknown option '--deep'.*$/],
    [['check', '--store', 'memory:'], 'Cannot use store "memory:": it has no files'],
    [['check', '--store', 'sqlite://a'], /^Cannot use store "sqlite:\/\/a": it is a URL.*$/],
    [
      ['check', ...flags('empty')],
      `Cannot read store "${at('empty')}": there are no files of spans in it`,
    ],
    [['check', ...flags('nowhere')], /^Cannot read store ".*nowhere": ENOENT.*$/],
    [['check', ...flags('file')], /^Cannot read store ".*file": ENOTDIR.*$/],
    [
      ['backup', at('full'), ...flags('data')],
      `Cannot back up to "${at('full')}": it is not empty`,
    ],
    [
      ['backup', at('file'), ...flags('data')],
      /^Cannot back up to ".*file": it is no directory and cannot be made one \(EEXIST.*$/,
    ],
    [['backup', at('new'), ...flags('nowhere')], /^Cannot read store ".*nowhere": ENOENT.*$/],
    [
      ['restore', at('data'), ...flags('file')],
      /^Cannot restore to ".*file": it is no directory and cannot be made one \(EEXIST.*$/,
    ],
    [
      ['restore', at('data'), ...flags('data')],
      `Cannot restore to "${at('data')}": it is the backup itself`,
    ],
    [
      ['restore', at('empty'), ...flags('new')],
      `Cannot read store "${at('empty')}": there are no files of spans in it`,
    ],
  ]
  for (const [args, says] of mistakes) {
    const ran = await runProgram(['storage', ...args])
    t.match(ran, { code: 2, stdout: '' }, args.join(' '))
    t.match(ran.stderr.slice(0, 'spangate: '.length), 'spangate: ')
    t.match(ran.stderr.slice('spangate: '.length, -1), says, args.join(' '))
    t.equal(ran.stderr.split('\n').length, 2, 'one line')
  }
  t.same(readdirSync(path).sort(), ['data', 'empty', 'file', 'full'], 'nothing was made')
})
