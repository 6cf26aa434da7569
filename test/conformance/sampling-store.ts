import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type {
  LeaseHolder,
  SamplingDocument,
  SamplingKind,
  SamplingStore,
} from '../../src/ports/sampling-store.ts'
import { samplingPartBytesMax, samplingVersionsKept } from '../../src/ports/sampling-store.ts'

/** How the suite is run for one kind of store. */
export interface SamplingConformance {
  /** An empty one. */
  readonly open: () => Promise<SamplingStore>
  /** Another one over the same documents and leases, while the first is open; undefined where there is none. */
  readonly beside: ((store: SamplingStore) => Promise<SamplingStore>) | undefined
  /** Closes it and opens what it has kept; undefined where it keeps nothing. */
  readonly reopen: ((store: SamplingStore) => Promise<SamplingStore>) | undefined
}

/** The part of a tap test that the suite uses. */
export interface SamplingSuite {
  test(
    name: string,
    options: { skip: string | false },
    run: () => Promise<void>,
  ): PromiseLike<unknown>
}

const minute = 60_000
const a: LeaseHolder = { id: 'a', process: 'host:1' }
const b: LeaseHolder = { id: 'b', process: 'host:2' }

function documentOf(
  version: number,
  texts: readonly string[],
  others: Partial<SamplingDocument> = {},
): SamplingDocument {
  const parts = texts.map((text) => Buffer.from(text))
  return { kind: 'counts', name: 'one', version, parts, ttlMs: minute, ...others }
}

async function textsOf(
  store: SamplingStore,
  version: number,
  kind: SamplingKind = 'counts',
  name = 'one',
): Promise<readonly string[] | undefined> {
  const parts = await store.get(kind, name, version)
  return parts?.map((part) => Buffer.from(part).toString())
}

const checks: Readonly<Record<string, (store: SamplingStore) => Promise<void>>> = {
  'put() and get() give the same parts, in their order': async (store) => {
    const texts = Array.from({ length: 30 }, (_, at) => `part ${at}`)
    await store.put(documentOf(1, texts))
    assert.deepEqual(await textsOf(store, 1), texts)
    const large = Buffer.alloc(samplingPartBytesMax, 7)
    await store.put(documentOf(2, [], { parts: [large, large, Buffer.alloc(0)] }))
    const parts = await store.get('counts', 'one', 2)
    assert.deepEqual(
      parts?.map((part) => part.length),
      [large.length, large.length, 0],
    )
    assert.ok(parts?.[1] !== undefined && large.equals(parts[1]))
  },
  'put() takes its own copy': async (store) => {
    const part = Buffer.from('before')
    await store.put(documentOf(1, [], { parts: [part] }))
    part.write('AFTER!')
    assert.deepEqual(await textsOf(store, 1), ['before'])
  },
  'versions() has the newest of each document of a kind': async (store) => {
    assert.deepEqual(await store.versions('counts'), new Map())
    await store.put(documentOf(1, ['x']))
    await store.put(documentOf(2, ['y']))
    await store.put(documentOf(7, ['z'], { name: 'two.with/odd: name' }))
    await store.put(documentOf(9, ['s'], { kind: 'shares' }))
    const expected = new Map([
      ['one', 2],
      ['two.with/odd: name', 7],
    ])
    assert.deepEqual(await store.versions('counts'), expected)
    assert.deepEqual(await store.versions('shares'), new Map([['one', 9]]))
    assert.deepEqual(await store.versions('state'), new Map())
    assert.deepEqual(await textsOf(store, 7, 'counts', 'two.with/odd: name'), ['z'])
    assert.deepEqual(await textsOf(store, 9, 'shares'), ['s'])
  },
  'versions() has the one that was written last, whatever its number': async (store) => {
    await store.put(documentOf(2_000_000_000, ['x']))
    await store.put(documentOf(5, ['y']))
    assert.deepEqual(await store.versions('counts'), new Map([['one', 5]]))
    assert.deepEqual(await textsOf(store, 5), ['y'])
  },
  'get() has nothing of versions that are not there, or not any more': async (store) => {
    assert.equal(await textsOf(store, 1), undefined)
    await store.put(documentOf(1, ['x', 'longer', 'than']))
    for (let version = 2; version <= 1 + samplingVersionsKept; version++) {
      await store.put(documentOf(version, [`v${version}`]))
    }
    assert.equal(await textsOf(store, 1), undefined)
    const newest = 1 + samplingVersionsKept
    assert.deepEqual(await textsOf(store, newest), [`v${newest}`], 'no part of a longer one')
    assert.equal(await textsOf(store, newest + samplingVersionsKept), undefined)
    assert.equal(await textsOf(store, newest, 'counts', 'other'), undefined)
  },
  'put() twice is put() once': async (store) => {
    await store.put(documentOf(3, ['x', 'y']))
    await store.put(documentOf(3, ['x', 'y']))
    assert.deepEqual(await store.versions('counts'), new Map([['one', 3]]))
    assert.deepEqual(await textsOf(store, 3), ['x', 'y'])
  },
  'put() is forgotten after its time, and not before': async (store) => {
    await store.put(documentOf(1, ['x'], { name: 'short', ttlMs: 3000 }))
    await store.put(documentOf(1, ['y']))
    assert.deepEqual(await textsOf(store, 1, 'counts', 'short'), ['x'])
    const deadline = performance.now() + 20_000
    while ((await store.versions('counts')).has('short')) {
      assert.ok(performance.now() < deadline, 'it stays')
      await setTimeout(100)
    }
    assert.equal(await textsOf(store, 1, 'counts', 'short'), undefined)
    assert.deepEqual(await store.versions('counts'), new Map([['one', 1]]))
  },
  'lease() is had by one, who may renew it': async (store) => {
    assert.deepEqual(await store.lease(a, minute), a)
    assert.deepEqual(await store.lease(b, minute), a)
    assert.deepEqual(await store.lease(a, minute), a)
  },
  'lease() of many at once is had by one': async (store) => {
    const holders = Array.from({ length: 8 }, (_, at) => ({ id: `${at}`, process: `host:${at}` }))
    const had = await Promise.all(holders.map((holder) => store.lease(holder, minute)))
    assert.equal(new Set(had.map(({ id }) => id)).size, 1)
  },
  'lease() runs out, not before its time and not long after it': async (store) => {
    const startMs = performance.now()
    await store.lease(a, 2000)
    for (;;) {
      const holder = await store.lease(b, 2000)
      const tookMs = performance.now() - startMs
      if (holder.id === b.id) {
        // Less the difference of two clocks, of which one counts whole milliseconds.
        assert.ok(tookMs > 1990, `after ${tookMs} ms`)
        return
      }
      assert.ok(tookMs < 2000 + 2000 + 10_000, 'it does not run out')
      await setTimeout(50)
    }
  },
  'release() lets the next one lead at once, and only the holder may': async (store) => {
    await store.lease(a, minute)
    await store.release(b)
    assert.deepEqual(await store.lease(b, minute), a)
    await store.release(a)
    assert.deepEqual(await store.lease(b, minute), b)
    await store.release(a)
    assert.deepEqual(await store.lease(a, minute), b)
  },
}

/** Runs the contract of `SamplingStore`, each check on a fresh one. */
export async function samplingStoreConformance(
  t: SamplingSuite,
  { open, beside, reopen }: SamplingConformance,
): Promise<void> {
  for (const [name, check] of Object.entries(checks)) {
    await t.test(name, { skip: false }, async () => {
      const store = await open()
      try {
        await check(store)
      } finally {
        await store.close()
        await store.close()
      }
    })
  }
  await t.test('isShared says whether others may be beside it', { skip: false }, async () => {
    const store = await open()
    assert.equal(store.isShared, beside !== undefined)
    await store.close()
  })
  const alone = beside === undefined ? 'it belongs to one process' : false
  await t.test('two processes see the same documents and one lease', { skip: alone }, async () => {
    const store = await open()
    const other = (await beside?.(store)) ?? store
    try {
      await store.put(documentOf(1, ['x', 'y']))
      assert.deepEqual(await other.versions('counts'), new Map([['one', 1]]))
      assert.deepEqual(await textsOf(other, 1), ['x', 'y'])
      assert.deepEqual(await store.lease(a, minute), a)
      assert.deepEqual(await other.lease(b, minute), a)
    } finally {
      await Promise.all([store.close(), other.close()])
    }
  })
  const forgets = reopen === undefined ? 'it keeps nothing' : false
  await t.test('what was stored is there after a restart', { skip: forgets }, async () => {
    const first = await open()
    assert.equal(first.isKept, true)
    for (let version = 1; version <= 6; version++) {
      await first.put(documentOf(version, [`v${version}`, 'more']))
    }
    const store = (await reopen?.(first)) ?? first
    try {
      assert.deepEqual(await store.versions('counts'), new Map([['one', 6]]))
      assert.deepEqual(await textsOf(store, 6), ['v6', 'more'])
      assert.equal(await textsOf(store, 1), undefined)
    } finally {
      await store.close()
    }
  })
}
