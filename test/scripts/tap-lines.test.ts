import { pathToFileURL } from 'node:url'
import t from 'tap'
import { projectRoot } from '../project-root.ts'

interface Lines {
  readonly totals: unknown
  write(chunk: string): void
  end(): void
}

const { TapLines }: { readonly TapLines: new (print: (line: string) => void) => Lines } =
  await import(pathToFileURL(`${projectRoot}/scripts/tap-lines.js`).href)

/** What is printed of a log that comes in pieces of this length. */
function printed(tap: string, pieceLength: number) {
  const lines: string[] = []
  const log = new TapLines((line) => lines.push(line))
  for (let at = 0; at < tap.length; at += pieceLength) log.write(tap.slice(at, at + pieceLength))
  log.end()
  return { lines, totals: log.totals }
}

const whole = `TAP version 14
# Subtest: a.test.js
    ok 1 - fine
    ok 2 - later # SKIP needs root
    1..2
ok 1 - a.test.js # time=1234.5ms

# Subtest: b.test.js
    not ok 1 - sum
      ---
      diff: 1 is not 2
      ...
    1..1
not ok 2 - b.test.js # time=90ms
  ---
  exitCode: 1
  ...

1..2
# { total: 3, pass: 1, fail: 1, skip: 1 }
# time=1400ms
`

for (const pieceLength of [1, 7, whole.length]) {
  t.test(
    `TapLines prints a line a file, failures and skips, pieces of ${pieceLength}`,
    async (t) => {
      const { lines, totals } = printed(whole, pieceLength)
      t.same(totals, { passed: 1, failed: 1, skipped: 1 })
      t.equal(lines[0], 'ok   a.test.js (1.2 s)')
      t.equal(lines[1], '  skipped: later: needs root')
      t.equal(lines[2], 'FAIL b.test.js (0.1 s)')
      for (const line of ['    not ok 1 - sum', '      diff: 1 is not 2', '  exitCode: 1']) {
        t.ok(lines.includes(line), line)
      }
      t.notOk(lines.includes('    ok 1 - fine'))
    },
  )
}

t.test('TapLines prints what it has of a run that broke off', async (t) => {
  const { lines, totals } = printed('TAP version 14\n# Subtest: a.test.js\n    ok 1 - fine\n', 9)
  t.equal(totals, undefined)
  t.ok(lines.includes('    ok 1 - fine'))
})
