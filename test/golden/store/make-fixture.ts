/**
 * Makes the fixture of the format that this version writes, from that of format 0; see README.md.
 *
 *   npm run build && node dist/test/golden/store/make-fixture.js test/golden/store/format-N
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { OldRow } from '../../../src/stores/sqlite/format-0.ts'
import { decodeOldRow, oldRowsSql } from '../../../src/stores/sqlite/format-0.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { projectRoot } from '../../project-root.ts'

const [target] = process.argv.slice(2)
if (target === undefined) throw new Error('Cannot make fixture: name the folder')

const old = new Database(join(projectRoot, 'test/golden/store/format-0/spans.db'), {
  readonly: true,
})
const path = mkdtempSync(join(tmpdir(), 'spangate-fixture-'))
const store = await openSqliteStore({
  path,
  retentionMs: 100 * 365 * 24 * 3_600_000,
  // Some spans in blocks, some pending.
  blockLimits: { spans: 20, bodyBytes: 1024 * 1024 },
  groupWaitMs: 0,
})
for (const row of old.prepare<[number, number], OldRow>(oldRowsSql).all(0, 1000)) {
  await store.write(row.tenant, decodeOldRow(row), new AbortController().signal)
}
await store.close()
old.close()
mkdirSync(target, { recursive: true })
for (const name of readdirSync(path)) {
  if (/^spans-.*\.db$/.test(name)) copyFileSync(join(path, name), join(target, name))
}
rmSync(path, { recursive: true })
