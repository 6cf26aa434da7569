import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testDirectory } from '../../test-directory.ts'
import { startStoreProcess } from './run-store-process.ts'

const commits = 50

const hasStrace = spawnSync('strace', ['-V']).status === 0
const isCi = process.env['CI'] === 'true'
const skip = hasStrace || isCi ? false : 'needs strace: install the package of that name'

t.test('write() answers no request before its commit was synced', { skip }, async (t) => {
  t.setTimeout(60_000)
  const idle = await syncsOf(t, 0)
  const busy = await syncsOf(t, commits)
  t.comment(`${idle} syncs to open and close, ${busy} with ${commits} commits between`)
  t.ok(busy - idle >= commits, `${commits} commits made at least as many syncs`)
  // The first one makes a file; the log is copied into it at the end.
  t.ok(busy - idle <= commits + 20, 'and none of them more than one')
})

/** How often a process that opens, writes so many requests and closes calls fsync or fdatasync. */
async function syncsOf(t: Parameters<typeof startStoreProcess>[0], count: number): Promise<number> {
  const directory = testDirectory(t)
  const report = join(directory, 'strace.txt')
  const child = startStoreProcess(t, {
    args: ['commits', join(directory, 'store'), String(count)],
    under: ['strace', '-f', '-c', '-e', 'trace=fsync,fdatasync', '-o', report],
  })
  const code = await child.ended()
  if (code !== 0) throw new Error(`ended with ${code}: ${child.lines.join(' ')}`)
  // Columns: % time, seconds, usecs/call, calls, [errors], syscall.
  const rows = readFileSync(report, 'utf8').split('\n')
  const calls = rows.filter((row) => /\b(fsync|fdatasync)$/.test(row.trim()))
  return calls.reduce((sum, row) => sum + Number(row.trim().split(/\s+/)[3]), 0)
}
