import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startStoreProcess } from './run-store-process.ts'
import { batchOf, never, openFor, spanIdsOf } from './store-samples.ts'

t.setTimeout(120_000)

// Root can mount a disk that is really full.
const disk = mkdtempSync(join(tmpdir(), 'spangate-full-disk-'))
const mount = ['-t', 'tmpfs', '-o', 'size=24m', 'spangate', disk]
const isMounted = spawnSync('mount', mount).status === 0
t.teardown(() => {
  if (isMounted) spawnSync('umount', [disk])
  rmdirSync(disk)
})
const noDisk = isMounted ? false : 'only root can mount a small file system'

t.test(
  'write() on a full disk fails, and works once there is room',
  { skip: noDisk },
  async (t) => {
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024))
    const store = join(disk, 'store')
    const writer = startStoreProcess(t, { args: ['fill', store] })
    const failure = await writer.line('failed')
    t.match(failure, /^failed store_unavailable true \d+$/)
    const stored = Number(failure.split(' ')[3])
    t.ok(stored > 10, `${stored} requests were stored before`)
    rmSync(ballast)
    writer.tell('try again')
    t.equal(await writer.line(`stored ${stored + 1}`), `stored ${stored + 1}`)
    writer.kill('SIGKILL')
    await writer.ended()
    const again = await openFor(t, { path: store })
    for (let trace = 1; trace <= stored + 1; trace++) {
      const ids = await spanIdsOf(again, trace)
      if (ids.length !== 1) t.fail(`trace ${trace} is lost`)
    }
    await again.close()
  },
)

t.test(
  'openSqliteStore() on a full disk says so, and changes nothing',
  { skip: noDisk },
  async (t) => {
    for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true })
    const path = join(disk, 'store')
    const before = await openFor(t, { path })
    await before.write('', batchOf({ trace: 1, count: 3 }), never)
    await before.close()
    const ballast = join(disk, 'ballast')
    fill(ballast)
    const full = { code: 'store_unusable', message: /the disk is full \(SQLITE_IOERR_SHMSIZE\)/ }
    await t.rejects(openFor(t, { path }), full)
    rmSync(ballast)
    const store = await openFor(t, { path })
    t.equal((await spanIdsOf(store, 1)).length, 3)
  },
)

/** Takes all the room there is. */
function fill(path: string): void {
  for (const bytes of [1024 * 1024, 4096, 1]) {
    for (;;) {
      try {
        appendFileSync(path, Buffer.alloc(bytes))
      } catch {
        // What is left is less than that.
        break
      }
    }
  }
}
