import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Test } from 'tap'
import t from 'tap'
import {
  durationMicros,
  nameBytes,
  spanCount,
  spanIdBytes,
  startMicros,
} from '../../bridge/model/span-batch.ts'
import type { Call } from '../../src/ports/span-query.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { checkFile } from '../../src/stores/sqlite/check-file.ts'
import { importOldFile } from '../../src/stores/sqlite/import-old.ts'
import { blockLimitDefaults } from '../../src/stores/sqlite/pending-spans.ts'
import { SpanWriter } from '../../src/stores/sqlite/span-writer.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import type { StoreEvent } from '../../src/stores/store-event.ts'
import { traceIdOf } from '../conformance/sample.ts'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'

t.setTimeout(60_000)

const folder = join(projectRoot, 'test/golden/store')
const formats = readdirSync(folder).filter((name) => name.startsWith('format-'))
const never = new AbortController().signal
const retentionMs = 100 * 365 * 24 * 3_600_000
const requests = 30
const importing = { kind: 'importing', spanCount: 0, percent: 0 }
const imported = { kind: 'imported', spanCount: 150, damagedRows: 0 }

/** Copies a fixture and opens it. */
async function openCopy(t: Test, format: string) {
  const path = join(testDirectory(t), 'store')
  mkdirSync(path)
  for (const name of readdirSync(join(folder, format))) {
    copyFileSync(join(folder, format, name), join(path, name))
  }
  const events: StoreEvent[] = []
  const open = (): Promise<SpanStore> =>
    openSqliteStore({
      path,
      retentionMs,
      // All of it is long ago.
      clockGraceMs: 0,
      readers: 1,
      onEvent: (event) => events.push(event),
    })
  return { path, events, open }
}

/** The spans of a trace by their id, as the fixtures' README says. */
function expectedSpans(tenant: string, trace: number): string[] {
  const spans: string[] = []
  for (let request = trace - 1; request < requests; request += 10) {
    if ((request % 3 === 0 ? 'other' : '') !== tenant) continue
    for (let span = 1; span <= 5; span++) {
      const start = (1_795_000_000_000 + request * 1000) * 1000 + span
      spans.push(`${request * 10 + span} op ${span} ${start} ${span * 1000}`)
    }
  }
  return spans
}

async function spansOf(store: SpanStore, tenant: string, trace: number): Promise<string[]> {
  const spans = new Map<number, string>()
  for await (const part of store.trace(tenant, { traceId: traceIdOf(trace) }, never)) {
    for (let span = 0; span < spanCount(part); span++) {
      const id = Number(Buffer.from(spanIdBytes(part, span)).readBigUInt64BE())
      const name = Buffer.from(nameBytes(part, span)).toString()
      const times = `${startMicros(part, span)} ${durationMicros(part, span)}`
      spans.set(id, `${id} ${name} ${times}`)
    }
  }
  return [...spans].sort(([left], [right]) => left - right).map(([, text]) => text)
}

async function tracesOfRequest(store: SpanStore, tenant: string, request: number) {
  const filter: Call = {
    kind: 'call',
    op: 'eq',
    args: [
      { kind: 'attr', key: 'request', level: 'span' },
      { kind: 'any', value: `r-${request}` },
    ],
  }
  const found: number[] = []
  for await (const one of store.find(tenant, { filter, limit: 10 }, never)) {
    if (one.kind === 'trace') found.push(new DataView(one.traceId.buffer).getUint32(12))
  }
  return found
}

async function compare(t: Test, store: SpanStore): Promise<void> {
  for (const tenant of ['', 'other']) {
    for (let trace = 1; trace <= 11; trace++) {
      const expected = trace > 10 ? [] : expectedSpans(tenant, trace)
      t.same(await spansOf(store, tenant, trace), expected, `trace ${trace} of "${tenant}"`)
    }
    for (let request = 0; request < requests; request++) {
      const isIts = (request % 3 === 0 ? 'other' : '') === tenant
      const expected = isIts ? [(request % 10) + 1] : []
      t.same(await tracesOfRequest(store, tenant, request), expected, `request ${request}`)
    }
    const services = await store.services(tenant)
    t.ok(services.length > 1)
    const operations = Array.from({ length: 5 }, (_, at) => ({
      name: `op ${at + 1}`,
      spanKind: at + 1,
    }))
    t.same(await store.operations(tenant, services[0] ?? ''), operations)
  }
}

t.ok(formats.length >= 2, 'there is a fixture of each format')

for (const format of formats) {
  t.test(`openSqliteStore() reads ${format}, and so does the next one`, async (t) => {
    const { path, events, open } = await openCopy(t, format)
    for (const round of ['first', 'second']) {
      const store = await open()
      await t.test(round, (t) => compare(t, store))
      await store.close()
    }
    // The newest span is older than the clock: it is believed at once.
    const told = events.filter(({ kind }) => kind !== 'expiry_resumed')
    t.same(told, format === 'format-0' ? [importing, imported] : [])
    t.notOk(existsSync(join(path, 'spans.db')), 'an older file is gone when all is in new ones')
    const files = readdirSync(path).filter((name) => /^spans-.*\.db$/.test(name))
    const reports = files.map((name) => checkFile(join(path, name)))
    t.same(
      reports.flatMap(({ problems }) => problems),
      [],
    )
    t.equal(
      reports.reduce((sum, { spans }) => sum + spans, 0),
      150,
    )
  })
}

t.test('an import that was cut short begins anew, and shows every span once', async (t) => {
  const { path, events, open } = await openCopy(t, 'format-0')
  await (await open()).close()
  // As if it had ended right before the old file was removed.
  copyFileSync(join(folder, 'format-0', 'spans.db'), join(path, 'spans.db'))
  const store = await open()
  await compare(t, store)
  await store.close()
  t.same(
    events.filter(({ kind }) => kind !== 'expiry_resumed'),
    [importing, imported, importing, imported],
  )
})

t.test('importOldFile() tells how far it is', async (t) => {
  const { path } = await openCopy(t, 'format-0')
  const old = new Database(join(path, 'spans.db'))
  // Rows are read a thousand at a time.
  const copy = old.prepare(`INSERT INTO part (tenant, trace, part, arrival, retention, start_min,
    start_max, duration_max, service_bits, span_count, body) SELECT tenant, trace,
    randomblob(8), arrival, retention, start_min, start_max, duration_max, service_bits, span_count,
    body FROM part`)
  for (let round = 0; round < 7; round++) copy.run()
  const rows = Number(old.prepare('SELECT count(*) FROM part').pluck().get())
  old.close()
  t.equal(rows, 30 * 128)
  const writer = new SpanWriter({
    directory: path,
    retentionMs,
    limits: blockLimitDefaults,
    fileBytesMax: 1024 ** 3,
    onFileDamaged: (_path, error) => t.fail(error.message),
  })
  const told: unknown[] = []
  const onProgress = (progress: unknown): number => told.push(progress)
  const result = importOldFile(path, writer, { onProgress, everyMs: 0 })
  writer.close()
  t.same(result, { spanCount: rows * 5, damagedRows: 0 })
  const at = [0, 1000, 2000, 3000, rows]
  t.same(
    told,
    at.map((done) => ({ spanCount: done * 5, percent: Math.floor((done / rows) * 100) })),
  )
})
