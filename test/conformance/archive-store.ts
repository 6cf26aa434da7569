import assert from 'node:assert/strict'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanCount, traceIdBytes } from '../../bridge/model/span-batch.ts'
import type { ArchiveStore } from '../../src/ports/archive-store.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { tracePartBytesMax } from '../../src/ports/span-store.ts'
import { patience, spanKeys } from './answer.ts'
import { Chance, randomGroups } from './generate.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from './sample.ts'
import type { Suite } from './span-store.ts'

/** How the suite is run for the archive of one kind of store. */
export interface ArchiveConformanceOptions {
  /** Closes the store and opens what it has kept; undefined for one that keeps nothing. */
  readonly reopen?: (store: SpanStore) => Promise<SpanStore>
  /** What the archive keeps of a batch; all of it unless it is said. */
  readonly kept?: (batch: SpanBatch) => SpanBatch
  /** It has this tenant alone. `open` then gives an empty archive each time. */
  readonly onlyTenant?: string
}

/** What a check works with: a store and a tenant that nobody else uses. */
interface ArchiveBench {
  readonly store: SpanStore
  readonly archive: ArchiveStore
  readonly tenant: string
  readonly reopen: (() => Promise<SpanStore>) | undefined
  readonly kept: (batch: SpanBatch) => SpanBatch
}

/** One rule of the port. It fails by throwing. */
export interface ArchiveCheck {
  readonly name: string
  readonly isDurable?: true
  readonly isOfTenants?: true
  run(bench: ArchiveBench): Promise<void>
}

const hourMs = 3_600_000
const nowMs = Date.now()

/** The contract of `ArchiveStore`, every rule a check of its own. */
export const archiveChecks: readonly ArchiveCheck[] = [
  {
    name: 'trace() gives every byte of the spans of many traces, and nothing of unknown ones',
    async run({ archive, tenant, kept }) {
      const world = { chance: new Chance(7), arrivalUnixMs: nowMs, traces: 12 }
      const batch = sampleBatch(randomGroups(world, 300), nowMs)
      await archive.write(tenant, batch, patience)
      const expected = keysByTrace(kept(batch))
      for (const [traceId, keys] of expected) {
        const parts = await readArchived(archive, tenant, Buffer.from(traceId, 'hex'))
        assert.deepEqual(keysOf(parts), [...new Set(keys)].sort())
      }
      assert.deepEqual(await readArchived(archive, tenant, traceIdOf(999_999)), [])
    },
  },
  {
    name: 'write() of the same spans again, alone or among others, keeps each once',
    async run({ archive, tenant, kept }) {
      const both = spansOf([1, 2])
      for (const batch of [spansOf([1]), both, both, spansOf([2, 3])]) {
        await archive.write(tenant, batch, patience)
      }
      const found = keysOf(await readArchived(archive, tenant, traceIdOf(1)))
      assert.deepEqual(found, spanKeys(kept(spansOf([1, 2, 3]))).sort())
    },
  },
  {
    name: 'write() keeps spans that share an id and differ',
    async run({ archive, tenant }) {
      const one = sampleSpan({ trace: 1, id: 1, name: 'one' })
      const other = sampleSpan({ trace: 1, id: 1, name: 'other' })
      for (const span of [one, other]) {
        await archive.write(tenant, sampleBatch([sampleGroup([span])], nowMs), patience)
      }
      assert.equal(keysOf(await readArchived(archive, tenant, traceIdOf(1))).length, 2)
    },
  },
  {
    name: 'trace() gives parts of at most 1 MiB, and a span that is larger alone',
    async run({ archive, tenant, kept }) {
      const spans = Array.from({ length: 3000 }, (_, at) =>
        sampleSpan({ trace: 1, id: at + 1, attributes: { text: `${at}`.padEnd(1000, 'x') } }),
      )
      const large = sampleSpan({ trace: 1, id: 9999, attributes: { text: 'y'.repeat(2_000_000) } })
      const batch = sampleBatch([sampleGroup([...spans, large])], nowMs)
      await archive.write(tenant, batch, patience)
      const parts = await readArchived(archive, tenant, traceIdOf(1))
      assert.ok(parts.length >= 4)
      for (const part of parts) {
        assert.ok(part.bytes.length <= tracePartBytesMax || spanCount(part) === 1)
      }
      assert.deepEqual(keysOf(parts), spanKeys(kept(batch)).sort())
    },
  },
  {
    name: 'trace() gives what arrived long before the retention',
    async run({ archive, tenant, kept }) {
      const arrivalUnixMs = nowMs - 10 * 365 * 24 * hourMs
      const span = sampleSpan({ trace: 1, id: 1, startMicros: arrivalUnixMs * 1000 })
      const batch = sampleBatch([sampleGroup([span])], arrivalUnixMs)
      await archive.write(tenant, batch, patience)
      const [part] = await readArchived(archive, tenant, traceIdOf(1))
      assert.equal(part?.arrivalUnixMs, kept(batch).arrivalUnixMs)
    },
  },
  {
    name: 'tenants do not see each other',
    isOfTenants: true,
    async run({ archive, tenant }) {
      await archive.write(tenant, spansOf([1]), patience)
      assert.deepEqual(await readArchived(archive, `${tenant}2`, traceIdOf(1)), [])
    },
  },
  {
    name: 'reads and names of the store do not see the archive',
    async run({ store, archive, tenant }) {
      await archive.write(tenant, spansOf([1]), patience)
      const stored: SpanBatch[] = []
      for await (const part of store.trace(tenant, { traceId: traceIdOf(1) }, patience)) {
        stored.push(part)
      }
      assert.deepEqual(stored, [])
      assert.deepEqual(await store.services(tenant), [])
    },
  },
  {
    name: 'write() has taken the bytes once it has settled, and trace() gives new ones',
    async run({ archive, tenant, kept }) {
      const batch = spansOf([1])
      const expected = spanKeys(kept(batch))
      await archive.write(tenant, batch, patience)
      batch.bytes.fill(0)
      const [first] = await readArchived(archive, tenant, traceIdOf(1))
      assert.deepEqual(keysOf(first === undefined ? [] : [first]), expected)
      first?.bytes.fill(0)
      assert.deepEqual(keysOf(await readArchived(archive, tenant, traceIdOf(1))), expected)
    },
  },
  {
    name: 'write() and trace() end with cancelled when their signal has aborted',
    async run({ archive, tenant }) {
      const signal = AbortSignal.abort()
      await assert.rejects(archive.write(tenant, spansOf([1]), signal), { code: 'cancelled' })
      await assert.rejects(readArchived(archive, tenant, traceIdOf(1), signal), {
        code: 'cancelled',
      })
      await archive.write(tenant, spansOf([1]), patience)
      const leaving = new AbortController()
      const parts = archive.trace(tenant, traceIdOf(1), leaving.signal)[Symbol.asyncIterator]()
      await parts.next()
      leaving.abort()
      await assert.rejects(async () => parts.next(), { code: 'cancelled' })
    },
  },
  {
    name: 'what was written is there when the store is opened again',
    isDurable: true,
    async run({ archive, tenant, reopen, kept }) {
      await archive.write(tenant, spansOf([1, 2]), patience)
      const again = await reopen?.()
      try {
        assert.ok(again?.archive)
        const found = keysOf(await readArchived(again.archive, tenant, traceIdOf(1)))
        assert.deepEqual(found, spanKeys(kept(spansOf([1, 2]))).sort())
      } finally {
        await again?.close()
      }
    },
  },
  {
    name: 'write() and trace() of a closed store fail with store_unavailable',
    async run({ store, archive, tenant }) {
      await archive.write(tenant, spansOf([1]), patience)
      await store.close()
      await assert.rejects(archive.write(tenant, spansOf([1]), patience), {
        code: 'store_unavailable',
      })
      await assert.rejects(readArchived(archive, tenant, traceIdOf(1)), {
        code: 'store_unavailable',
      })
    },
  },
]

/** Runs the whole contract, each check on a store that is opened for it. */
export async function archiveStoreConformance(
  t: Suite,
  open: () => Promise<SpanStore>,
  options: ArchiveConformanceOptions = {},
): Promise<void> {
  for (const check of archiveChecks) {
    const skip = excuseOf(check, options)
    await t.test(check.name, { skip }, () => runArchiveCheck(check, open, options))
  }
}

/** Why a check is not run; false: it is. */
function excuseOf(
  { isDurable, isOfTenants }: ArchiveCheck,
  { reopen, onlyTenant }: ArchiveConformanceOptions,
): string | false {
  if (isDurable && reopen === undefined) return 'it is not durable'
  return isOfTenants && onlyTenant !== undefined ? 'it has one tenant' : false
}

/** Runs one check; resolves when it holds. */
export async function runArchiveCheck(
  check: ArchiveCheck,
  open: () => Promise<SpanStore>,
  { reopen, kept = (batch) => batch, onlyTenant }: ArchiveConformanceOptions = {},
): Promise<void> {
  const store = await open()
  try {
    const { archive } = store
    assert.ok(archive, 'the store has an archive')
    const again = reopen && (() => reopen(store))
    await check.run({ store, archive, tenant: onlyTenant ?? check.name, reopen: again, kept })
  } finally {
    await store.close()
  }
}

async function readArchived(
  archive: ArchiveStore,
  tenant: string,
  traceId: Uint8Array,
  signal = patience,
): Promise<SpanBatch[]> {
  const parts: SpanBatch[] = []
  for await (const part of archive.trace(tenant, traceId, signal)) parts.push(part)
  return parts
}

function keysOf(parts: readonly SpanBatch[]): string[] {
  return parts.flatMap(spanKeys).sort()
}

function keysByTrace(batch: SpanBatch): Map<string, string[]> {
  const keys = spanKeys(batch)
  const byTrace = new Map<string, string[]>()
  for (const [at, key] of keys.entries()) {
    const traceId = Buffer.from(traceIdBytes(batch, at)).toString('hex')
    byTrace.set(traceId, [...(byTrace.get(traceId) ?? []), key])
  }
  return byTrace
}

function spansOf(ids: readonly number[]): SpanBatch {
  const spans = ids.map((id) => sampleSpan({ trace: 1, id, name: `span ${id}` }))
  return sampleBatch([sampleGroup(spans)], nowMs)
}
