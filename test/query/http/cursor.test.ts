import type { Test } from 'tap'
import t from 'tap'
import type { MemoryStore } from '../../../src/stores/memory/memory-store.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import type { HttpApiPort } from '../http-port.ts'
import { nowMs, startHttpApi } from '../http-port.ts'
import { memoryStore } from '../memory-store.ts'

const signal = new AbortController().signal
const window = 'query.startTimeMin=2026-01-31T00:00:00Z&query.startTimeMax=2026-02-01T00:00:00Z'

/** Traces 1 to `count`, each a second later than the one before, the last a minute ago. */
async function storeOf(t: Test, count: number): Promise<MemoryStore> {
  const store = memoryStore(t)
  await add(
    store,
    Array.from({ length: count }, (_, i) => i + 1),
    nowMs - 60_000 - count * 1000,
  )
  return store
}

async function add(store: MemoryStore, traces: readonly number[], startMs: number): Promise<void> {
  const spans = traces.map((trace, i) => {
    return sampleSpan({ trace, id: 1, startMicros: (startMs + i * 1000) * 1000 })
  })
  await store.write('', sampleBatch([sampleGroup(spans)], nowMs), signal)
}

interface Answer {
  readonly data?: readonly { readonly traceID: string }[]
  readonly result?: {
    readonly resourceSpans: readonly {
      readonly scopeSpans: readonly { readonly spans: readonly { readonly traceId: string }[] }[]
    }[]
  }
  readonly summaries?: readonly { readonly traceId: string }[]
  readonly nextCursor?: string
  readonly errors?: readonly { readonly msg: string }[] | null
  readonly searchBound?: string
}

function idsOf({ data, result, summaries }: Answer): number[] {
  const ids =
    data?.map(({ traceID }) => traceID) ??
    summaries?.map(({ traceId }) => traceId) ??
    result?.resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans.map(({ traceId }) => traceId)),
    )
  return (ids ?? []).map((id) => Number.parseInt(id, 16))
}

/** Asks for pages until there is none, each time with what `between` does before. */
async function pagesOf({ ask }: HttpApiPort, path: string, between = async () => {}) {
  const pages: number[][] = []
  let last: Answer = {}
  for (let cursor: string | undefined = '*'; cursor !== undefined; cursor = last.nextCursor) {
    const { status, json, text } = await ask(`${path}&cursor=${encodeURIComponent(cursor)}`)
    if (status === 404) break
    if (status !== 200) throw new Error(text)
    last = json as Answer
    pages.push(idsOf(last))
    await between()
  }
  return { pages, last }
}

const searches = [
  '/api/traces?limit=3',
  `/api/v3/traces?${window}&query.searchDepth=3`,
  `/api/v3/trace-summaries?${window}&query.searchDepth=3`,
]

for (const path of searches) {
  t.test(`${path} is answered page by page, each entry once`, async (t) => {
    const port = await startHttpApi(t, await storeOf(t, 8))
    const { pages } = await pagesOf(port, path)
    t.same(pages, [
      [8, 7, 6],
      [5, 4, 3],
      [2, 1],
    ])
    const whole = await startHttpApi(t, await storeOf(t, 6))
    const { pages: even } = await pagesOf(whole, path)
    t.same(even.slice(0, 2), [
      [6, 5, 4],
      [3, 2, 1],
    ])
    t.same(even.flat().length, 6, 'the page behind the last is empty')
  })
}

t.test('without a cursor nothing is added to the answer', async (t) => {
  const { ask } = await startHttpApi(t, await storeOf(t, 8))
  for (const path of searches) t.notOk('nextCursor' in ((await ask(path)).json as Answer), path)
})

t.test('pages stay in the window of the first, also where its end was now', async (t) => {
  let now = nowMs
  const store = await storeOf(t, 5)
  const port = await startHttpApi(t, store, { now: () => now })
  let later = 100
  const { pages } = await pagesOf(port, '/api/traces?limit=2', async () => {
    now += 60_000
    later += 1
    await add(store, [later], now - 1000)
  })
  t.same(pages, [[5, 4], [3, 2], [1]])
})

t.test('all pages together have as many entries as a search may have', async (t) => {
  const port = await startHttpApi(t, await storeOf(t, 8), { searchDepthMax: 5 })
  for (const path of searches) {
    const { pages, last } = await pagesOf(port, path)
    t.same(
      pages,
      [
        [8, 7, 6],
        [5, 4],
      ],
      path,
    )
    const told = last.searchBound ?? last.errors?.[0]?.msg
    t.match(told, 'search.depth=5')
  }
})

t.test('a cursor that is none, or of another search, is refused', async (t) => {
  const { ask } = await startHttpApi(t, await storeOf(t, 8))
  const { nextCursor = '' } = (await ask('/api/traces?limit=3&cursor=*')).json as Answer
  const texts = [
    'x',
    '**',
    nextCursor.slice(0, -4),
    Buffer.from('[2,3,null,null,""]').toString('base64url'),
    Buffer.from('[1,-3,null,null,""]').toString('base64url'),
    Buffer.from('[1,1e9,null,null,""]').toString('base64url'),
    Buffer.from('[1,3,"a",null,""]').toString('base64url'),
    Buffer.from('{}').toString('base64url'),
  ]
  for (const text of texts) {
    const { status, json } = await ask(`/api/traces?limit=3&cursor=${encodeURIComponent(text)}`)
    t.equal(status, 400, text)
    t.match(json, { errors: [{ msg: /must be \* or the nextCursor of an answer/ }] })
  }
  const other = await ask(`/api/traces?limit=3&service=shop&cursor=${nextCursor}`)
  t.equal(other.status, 400)
  t.match(other.json, { errors: [{ msg: /is of a search with other conditions/ }] })
  t.equal((await ask(`/api/traces?limit=2&cursor=${nextCursor}`)).status, 200)
})
