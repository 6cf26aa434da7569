import assert from 'node:assert/strict'
import { queryOfLegacy } from '../../src/search/legacy-query.ts'
import { findTraces, patience, rankTraces, readFind, spanKeys, writeGroups } from './answer.ts'
import type { Bench, Check } from './check.ts'
import { attr, call, durationNano, field, int, ofService, string } from './filter.ts'
import { sampleGroup, sampleSpan, traceIdOf } from './sample.ts'

/** Window, order, limit, and that all conditions hold on one span. */
export const find: readonly Check[] = [
  {
    name: 'find() in an empty store answers its end alone, with no bound',
    async run(bench) {
      assert.deepEqual(await readFind(bench.store, { limit: 10 }), { traces: [], bound: undefined })
    },
  },
  {
    name: 'find() orders traces by their newest matching span, descending',
    async run(bench) {
      await writeStarts(bench, [
        [1, 30],
        [2, 10],
        [3, 50],
        [4, 20],
        [5, 40],
        [2, 45],
      ])
      assert.deepEqual(await findTraces(bench.store, {}), [3, 2, 5, 1, 4])
    },
  },
  {
    name: 'find() orders by the newest span that matches, not by the newest of the trace',
    async run(bench) {
      const { store } = bench
      await writeGroups(bench, [
        sampleGroup([startingAt(bench, 1, 1, 10), startingAt(bench, 2, 1, 20)], { service: 'a' }),
        sampleGroup([startingAt(bench, 1, 2, 90)], { service: 'b' }),
      ])
      const query = { filter: ofService('a'), limit: 10 }
      assert.deepEqual(await findTraces(store, query), [2, 1])
      const ranked = await rankTraces(store, query)
      assert.deepEqual(
        ranked.map(([, micros]) => micros),
        [atMicros(bench, 20), atMicros(bench, 10)],
      )
    },
  },
  {
    name: 'find() orders traces of one microsecond by id, ascending as bytes',
    async run(bench) {
      const ids = [traceIdOf(5), traceIdOf(0x80), traceIdOf(3, 1), traceIdOf(2), traceIdOf(1, 0xff)]
      const start = BigInt(atMicros(bench, 0)) * 1000n
      const spans = ids.map((trace, at) =>
        // Different nanoseconds of the same microsecond do not count.
        sampleSpan({ trace, id: at + 1, startUnixNano: start + BigInt(at * 200) }),
      )
      await writeGroups(bench, [sampleGroup(spans)])
      const sorted = ids.map((id) => Buffer.from(id).toString('hex')).sort()
      for (const limit of [1, 2, 3, 4, 5, 6]) {
        const ranked = await rankTraces(bench.store, { limit })
        assert.deepEqual(
          ranked.map(([id]) => id),
          sorted.slice(0, limit),
        )
      }
    },
  },
  {
    name: 'find() answers exactly `limit` traces when that many match, the newest ones',
    async run(bench) {
      const starts = Array.from(Array(30).keys(), (at) => [at + 1, (at * 7) % 30] as const)
      // Many spans in the same traces must not use up the limit.
      await writeStarts(bench, [...starts, ...starts.map(([id, at]) => [id, at / 2] as const)])
      const all = [...starts].sort((one, two) => two[1] - one[1]).map(([trace]) => trace)
      for (const limit of [1, 2, 9, 29, 30, 31, 1000]) {
        assert.deepEqual(await findTraces(bench.store, { limit }), all.slice(0, limit))
      }
    },
  },
  {
    name: 'find() takes the window as [min, max) of whole microseconds',
    async run(bench) {
      const micros = atMicros(bench, 0)
      const starts = [-1, 0, 1, 2].map((offset) => BigInt(micros + offset) * 1000n + 999n)
      await writeGroups(bench, [
        sampleGroup(
          starts.map((startUnixNano, at) => sampleSpan({ trace: at + 1, id: 1, startUnixNano })),
        ),
      ])
      const inside = (minMicros: number, maxMicros: number): Promise<number[]> =>
        findTraces(bench.store, { minMicros, maxMicros })
      assert.deepEqual(await inside(micros, micros + 1), [2])
      assert.deepEqual(await inside(micros - 1, micros + 2), [3, 2, 1])
      assert.deepEqual(await inside(micros + 1, micros + 1), [])
      assert.deepEqual(await inside(micros + 3, micros + 9), [])
    },
  },
  {
    name: 'find() takes a missing bound of the window as none',
    async run(bench) {
      await writeStarts(bench, [
        [1, 0],
        [2, 10],
        [3, 20],
      ])
      const at = atMicros(bench, 10)
      assert.deepEqual(await findTraces(bench.store, {}), [3, 2, 1])
      assert.deepEqual(await findTraces(bench.store, { minMicros: at }), [3, 2])
      assert.deepEqual(await findTraces(bench.store, { maxMicros: at }), [1])
    },
  },
  {
    name: 'find() asks the window of the span that matches, not of its trace',
    async run(bench) {
      await writeGroups(bench, [
        sampleGroup([startingAt(bench, 1, 1, 0)], { service: 'a' }),
        sampleGroup([startingAt(bench, 1, 2, 50)], { service: 'b' }),
      ])
      const minMicros = atMicros(bench, 40)
      assert.deepEqual(await findTraces(bench.store, { minMicros, filter: ofService('a') }), [])
      assert.deepEqual(await findTraces(bench.store, { minMicros, filter: ofService('b') }), [1])
    },
  },
  {
    name: 'find() gives all spans of a trace, also outside of the window and not matching',
    async run(bench) {
      const groups = [
        sampleGroup([startingAt(bench, 1, 1, -50), startingAt(bench, 1, 2, 10)], { service: 'a' }),
        sampleGroup([startingAt(bench, 1, 3, 90)], { service: 'b' }),
      ]
      const first = await writeGroups(bench, groups)
      const second = await writeGroups(bench, [sampleGroup([startingAt(bench, 1, 4, -90)])])
      const { traces } = await readFind(bench.store, {
        minMicros: atMicros(bench, 0),
        maxMicros: atMicros(bench, 20),
        filter: ofService('a'),
        limit: 1,
      })
      const expected = [...spanKeys(first), ...spanKeys(second)].sort()
      assert.deepEqual(
        traces.map(({ keys }) => keys),
        [expected],
      )
    },
  },
  {
    name: 'find() wants all conditions on one span',
    async run(bench) {
      const server = { kind: 2, attributes: { a: '1' }, name: 'one', durationNano: 5_000_000n }
      const client = { kind: 3, attributes: { b: '2' }, name: 'two', durationNano: 9_000_000n }
      await writeGroups(bench, [
        sampleGroup([sampleSpan({ trace: 1, id: 1, ...server })], { service: 'front' }),
        sampleGroup([sampleSpan({ trace: 1, id: 2, ...client })], { service: 'back' }),
        sampleGroup([sampleSpan({ trace: 2, id: 1, ...client, attributes: { a: '1', b: '2' } })], {
          service: 'front',
        }),
      ])
      const a = call('eq', attr('span', 'a'), string('1'))
      const b = call('eq', attr('span', 'b'), string('2'))
      const kind = call('eq', field('span', 'kind'), string('client'))
      const name = call('eq', field('span', 'name'), string('two'))
      const slow = call('gte', field('span', 'duration'), durationNano(9_000_000n))
      for (const [left, right] of [
        [a, b],
        [a, kind],
        [a, name],
        [a, slow],
        [ofService('front'), b],
        [ofService('front'), name],
        [ofService('front'), slow],
      ] as const) {
        assert.deepEqual(await findTraces(bench.store, { filter: call('and', left, right) }), [2])
      }
    },
  },
  {
    name: 'find() compares durations together with attributes, as whole microseconds',
    async run(bench) {
      const durations = [999n, 1_000n, 1_999n, 2_000n, 0n]
      await writeGroups(bench, [
        sampleGroup(
          durations.map((nano, at) =>
            sampleSpan({
              trace: at + 1,
              id: 1,
              startMicros: atMicros(bench, -at),
              durationNano: nano,
              attributes: { even: at % 2 === 0 ? 'yes' : 'no' },
            }),
          ),
        ),
      ])
      const within = (min: bigint, max?: bigint, even?: string): Promise<number[]> =>
        findTraces(
          bench.store,
          queryOfLegacy({
            durationMinNano: min,
            durationMaxNano: max,
            attributes: new Map(even === undefined ? [] : [['even', even]]),
            limit: 10,
          }),
        )
      assert.deepEqual(await within(1_000n), [2, 3, 4])
      assert.deepEqual(await within(1_500n, 1_999n), [2, 3])
      assert.deepEqual(await within(0n, 999n), [1, 5])
      assert.deepEqual(await within(0n, 1_000n, 'yes'), [1, 3, 5])
      assert.deepEqual(await within(2_000n, undefined, 'yes'), [])
    },
  },
  {
    name: 'find() finds spans of 1970 and 2100 at the bounds that their arrival allows',
    needs: ['arrival'],
    run: findsFarStarts,
  },
  {
    name: 'find() gives traces that are read in any order and after the end',
    async run(bench) {
      const batch = await writeStarts(bench, [
        [1, 1],
        [2, 2],
        [3, 3],
      ])
      const reads: (() => AsyncIterable<Parameters<typeof spanKeys>[0]>)[] = []
      for await (const found of bench.store.find('', { limit: 3 }, patience)) {
        if (found.kind === 'trace') reads.unshift(found.parts)
      }
      const keys: string[] = []
      for (const read of reads) for await (const part of read()) keys.push(...spanKeys(part))
      assert.deepEqual(keys, spanKeys(batch))
    },
  },
  {
    name: 'find() refuses a query that makes no sense and names the field',
    async run(bench) {
      const broken = [
        [{ limit: 0 }, 'limit'],
        [{ limit: 1.5 }, 'limit'],
        [{ limit: 1, minMicros: 2, maxMicros: 1 }, 'maxMicros'],
        [{ limit: 1, minMicros: Number.NaN }, 'minMicros'],
        [{ limit: 1, filter: call('and', ofService('a')) }, 'filter'],
        [{ limit: 1, filter: call('regex', attr('', 'a'), string('(')) }, 'filter.args[1]'],
        [
          { limit: 1, filter: call('not', call('gt', field('span', 'kind'), int(1n))) },
          'filter.args[0]',
        ],
      ] as const
      for (const [query, name] of broken) {
        const refused = { code: 'invalid_argument', field: name }
        await assert.rejects(readFind(bench.store, query), refused)
        const summaries = bench.store.summaries('', query, patience)[Symbol.asyncIterator]()
        await assert.rejects(summaries.next(), refused)
      }
    },
  },
]

async function findsFarStarts(bench: Bench): Promise<void> {
  const { arrivalUnixMs, retentionMs } = bench
  const earliest = (arrivalUnixMs - retentionMs) * 1000
  const latest = (arrivalUnixMs + 3_600_000) * 1000
  const batch = await writeGroups(bench, [
    sampleGroup([
      sampleSpan({ trace: 1, id: 1, startUnixNano: 1_000n }),
      sampleSpan({ trace: 2, id: 1, startUnixNano: 4_102_444_800_000_000_000n }),
      sampleSpan({ trace: 3, id: 1, startMicros: earliest }),
      sampleSpan({ trace: 4, id: 1, startMicros: latest }),
      sampleSpan({ trace: 5, id: 1, startMicros: latest - 1 }),
      sampleSpan({ trace: 6, id: 1, startUnixNano: 0n, endUnixNano: 0n }),
    ]),
  ])
  const { traces } = await readFind(bench.store, { limit: 10 })
  assert.deepEqual(
    traces.map(({ traceId, newestMatchMicros }) => [
      Number.parseInt(traceId, 16),
      newestMatchMicros,
    ]),
    [
      [2, latest],
      [4, latest],
      [5, latest - 1],
      [1, earliest],
      [3, earliest],
      [6, earliest],
    ],
  )
  assert.deepEqual(traces.flatMap(({ keys }) => keys).sort(), spanKeys(batch).sort())
  const { store } = bench
  assert.deepEqual(await findTraces(store, { minMicros: latest }), [2, 4])
  assert.deepEqual(await findTraces(store, { maxMicros: earliest + 1 }), [1, 3, 6])
  assert.deepEqual(await findTraces(store, { maxMicros: 2 }), [])
  assert.deepEqual(await findTraces(store, { minMicros: latest + 1 }), [])
}

/** One span for each pair of a trace and the millisecond of its start. */
function writeStarts(
  bench: Bench,
  starts: readonly (readonly [trace: number, ms: number])[],
): ReturnType<typeof writeGroups> {
  return writeGroups(bench, [
    sampleGroup(starts.map(([trace, ms], at) => startingAt(bench, trace, at + 1, ms))),
  ])
}

function startingAt(
  bench: Bench,
  trace: number,
  id: number,
  ms: number,
): ReturnType<typeof sampleSpan> {
  return sampleSpan({ trace, id, startMicros: atMicros(bench, ms) })
}

/** A time about an hour before the arrival, by milliseconds. */
function atMicros(bench: Bench, ms: number): number {
  return Math.round((bench.arrivalUnixMs - 3_600_000 + ms) * 1000)
}
