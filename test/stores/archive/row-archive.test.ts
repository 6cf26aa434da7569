import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { searchBoundDefaults } from '../../../src/search/search-meter.ts'
import type {
  ArchivedTraceId,
  ArchiveRow,
  ArchiveRows,
} from '../../../src/stores/archive/archive-rows.ts'
import { decodeArchived, encodeArchived } from '../../../src/stores/archive/archived-spans.ts'
import { RowArchive } from '../../../src/stores/archive/row-archive.ts'
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts'
import { patience } from '../../conformance/answer.ts'
import {
  archiveChecks,
  archiveStoreConformance,
  runArchiveCheck,
} from '../../conformance/archive-store.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { needsCassandra } from '../../servers/cassandra-node.ts'
import { testDirectory } from '../../test-directory.ts'
import { openTestStore, testCluster } from '../cassandra/test-cluster.ts'
import { retentionMs, storesBelow } from '../sqlite/store-samples.ts'

t.setTimeout(300_000)

function memoryStore(archiveBytesMax = 64 * 1024 ** 2): MemoryStore {
  return new MemoryStore({
    bytesMax: 64 * 1024 ** 2,
    archiveBytesMax,
    retentionMs,
    searchBounds: searchBoundDefaults,
  })
}

t.test('the archive of MemoryStore fills the port', (t) =>
  archiveStoreConformance(t, async () => memoryStore()),
)

t.test('the archive of openSqliteStore() fills the port', (t) => {
  const { open, reopen } = storesBelow(testDirectory(t))
  return archiveStoreConformance(t, open, { reopen })
})

t.test('the archive of NativeStore fills the port', needsCassandra(), async (t) => {
  const { address } = await testCluster(t)
  const open = () => openTestStore(`${address}?migrate=auto`)
  // The checks have a tenant each, so that one keyspace is enough.
  await archiveStoreConformance(t, open, {
    reopen: async (store) => {
      await store.close()
      return open()
    },
  })
})

t.test(
  'write() past the bound of memory: is refused with its setting, and changes nothing',
  async (t) => {
    const store = memoryStore(20_000)
    const batchOf = (trace: number) => {
      // Chance is not compressed.
      const span = sampleSpan({ trace, id: 1, attributes: { bytes: chance(trace) } })
      return sampleBatch([sampleGroup([span])], Date.now())
    }
    const spare = new Map<number, Uint8Array>()
    const chance = (trace: number): Uint8Array => {
      const bytes = spare.get(trace) ?? new Uint8Array(randomBytes(3000))
      spare.set(trace, bytes)
      return bytes
    }
    let refused = 0
    for (let trace = 1; trace <= 20; trace++) {
      await store.archive.write('', batchOf(trace), patience).catch((error: unknown) => {
        refused += 1
        assert.match(
          String(error),
          /the archive is full \(store\.memory\.archive-max-bytes=20000\)/,
        )
      })
    }
    t.ok(refused > 0 && refused < 20, `${refused} were refused`)
    let found = 0
    for await (const part of store.archive.trace('', traceIdOf(1), patience))
      found += spanCount(part)
    t.equal(found, 1)
    await store.archive.write('', batchOf(1), patience)
    await store.close()
  },
)

/** Rows in a map, and what is wrong with them. */
class FaultyRows implements ArchiveRows {
  readonly #rows = new Map<string, ArchiveRow[]>()
  readonly #fault: Fault

  constructor(fault: Fault) {
    this.#fault = fault
  }

  async put(trace: ArchivedTraceId, rows: readonly ArchiveRow[]): Promise<void> {
    if (this.#fault === 'closed') return
    const name = this.#nameOf(trace)
    const known = this.#fault === 'replaces' ? [] : (this.#rows.get(name) ?? [])
    const fresh = this.#fault === 'first row only' ? rows.slice(0, 1) : rows
    this.#rows.set(name, [...known, ...fresh])
  }

  async *rows(trace: ArchivedTraceId): AsyncGenerator<Uint8Array> {
    for (const { bytes } of this.#rows.get(this.#nameOf(trace)) ?? []) yield bytes
  }

  #nameOf({ tenant, traceId }: ArchivedTraceId): string {
    const id = this.#fault === 'one trace' ? '' : Buffer.from(traceId).toString('hex')
    return this.#fault === 'one tenant' ? id : `${id}${tenant}`
  }
}

const faults = ['closed', 'replaces', 'first row only', 'one tenant', 'one trace'] as const
type Fault = (typeof faults)[number]

for (const fault of faults) {
  t.test(`an archive with the fault "${fault}" fails the contract`, async (t) => {
    const open = async () => {
      const store = memoryStore()
      return Object.assign(store, { archive: new RowArchive(new FaultyRows(fault)) })
    }
    const failed: string[] = []
    for (const check of archiveChecks) {
      if (check.isDurable || check.name.includes('closed store')) continue
      await runArchiveCheck(check, open).catch(() => failed.push(check.name))
    }
    t.not(failed.length, 0)
  })
}

t.test('decodeArchived() refuses bytes that are not what was written', async (t) => {
  const span = sampleSpan({ trace: 1, id: 1 })
  const { bytes } = await encodeArchived(sampleBatch([sampleGroup([span])], 5).bytes, 5)
  t.equal((await decodeArchived(bytes)).arrivalUnixMs, 5)
  for (const bad of [
    new Uint8Array(),
    Uint8Array.of(2, ...bytes.subarray(1)),
    bytes.subarray(0, bytes.length - 3),
  ]) {
    await t.rejects(decodeArchived(bad), { code: 'store_corrupt' })
  }
})
