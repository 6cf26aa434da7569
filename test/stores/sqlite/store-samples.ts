import { mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount, spanIdBytes } from '../../../bridge/model/span-batch.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import type { SqliteStoreOptions } from '../../../src/stores/sqlite/sqlite-store.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { paddingOf } from '../../padding.ts'

/** A retention that no test reaches by itself. */
export const retentionMs = 72 * 3_600_000

/** A signal that is never aborted. */
export const never: AbortSignal = new AbortController().signal

/** Opens a store that closes with the test. */
export async function openFor(
  t: Test,
  options: Partial<SqliteStoreOptions> & { readonly path: string },
): Promise<SpanStore> {
  const store = await openSqliteStore({ retentionMs, readers: 1, closeGraceMs: 200, ...options })
  t.teardown(() => store.close())
  return store
}

/** Opens stores and opens them again; whoever asks closes them. */
export interface OpenedStores {
  /** An empty store in a directory of its own. */
  open(): Promise<SpanStore>
  /** Closes a store and opens what it has kept. */
  reopen(store: SpanStore): Promise<SpanStore>
}

/** Stores in directories below `root`. */
export function storesBelow(root: string, options: Partial<SqliteStoreOptions> = {}): OpenedStores {
  const paths = new Map<SpanStore, string>()
  const openAt = async (path: string): Promise<SpanStore> => {
    const store = await openSqliteStore({ retentionMs, readers: 1, ...options, path })
    paths.set(store, path)
    return store
  }
  return {
    open: () => openAt(mkdtempSync(join(root, 'store-'))),
    async reopen(store) {
      await store.close()
      return openAt(paths.get(store) ?? '')
    },
  }
}

/** Which spans `batchOf` makes. */
export interface BatchOptions {
  readonly trace: number
  readonly firstId?: number
  readonly count?: number
  readonly service?: string
  /** Added to each span, so that bodies can be made large. */
  readonly padding?: number
  readonly arrivalUnixMs?: number
}

/** Spans of one trace that started when they arrived. */
export function batchOf(options: BatchOptions): SpanBatch {
  const { trace, firstId = 1, count = 1, service = 'shop', padding = 0 } = options
  const arrivalUnixMs = options.arrivalUnixMs ?? Date.now()
  const spans = Array.from({ length: count }, (_, at) =>
    sampleSpan({
      trace,
      id: firstId + at,
      startMicros: arrivalUnixMs * 1000,
      attributes: padding > 0 ? { padding: paddingOf(trace * 1000 + firstId + at, padding) } : {},
    }),
  )
  return sampleBatch([sampleGroup(spans, { service })], arrivalUnixMs)
}

/** Ids of all spans that a store has of a trace, in the order of its parts. */
export async function spanIdsOf(store: SpanStore, trace: number, tenant = ''): Promise<number[]> {
  const ids: number[] = []
  for await (const part of store.trace(tenant, { traceId: traceIdOf(trace) }, never)) {
    for (let span = 0; span < spanCount(part); span++) {
      const id = spanIdBytes(part, span)
      ids.push(Number(new DataView(id.buffer, id.byteOffset, 8).getBigUint64(0)))
    }
  }
  return ids
}

/** Resolves once it holds; fails after a minute, as other work may have the machine. */
export async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + 60_000
  while (!holds()) {
    if (performance.now() > endMs) throw new Error('it never came to be')
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

/** Files of spans in a directory, by hour and number. */
export function filesIn(path: string): string[] {
  return readdirSync(path)
    .filter((name) => /^spans-.*\.db$/.test(name))
    .sort()
}
