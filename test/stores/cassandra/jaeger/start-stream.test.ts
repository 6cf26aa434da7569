import t from 'tap'
import type {
  StartGroup,
  StartStream,
} from '../../../../src/stores/cassandra/jaeger/start-stream.ts'
import {
  JoinedStreams,
  KeptStream,
  UnitedStreams,
} from '../../../../src/stores/cassandra/jaeger/start-stream.ts'
import { Chance } from '../../../conformance/generate.ts'

/** Starts with the traces that an index lists there. */
type Listed = ReadonlyMap<number, ReadonlySet<string>>

t.test('JoinedStreams and UnitedStreams find what both, or any, list', async (t) => {
  const chance = new Chance(7)
  for (let round = 0; round < 200; round++) {
    const lists = Array.from(Array(1 + chance.below(3)), () => randomList(chance))
    const streams = lists.map((list) => new KeptStream(streamOf(list, true)))
    t.same(await drain(new JoinedStreams(streams)), expected(lists, 'every'))
    const others = lists.map((list) => new KeptStream(streamOf(list, true)))
    t.same(await drain(new UnitedStreams(others)), expected(lists, 'some'))
  }
})

t.test('a stream that keeps one trace of several only says that there is one', async (t) => {
  const whole = streamOf(new Map([[5, new Set(['a', 'b'])]]), true)
  const other = streamOf(new Map([[5, new Set(['b', 'c'])]]), true)
  const lossy = streamOf(new Map([[5, new Set(['d'])]]), false)
  t.same(await drain(new JoinedStreams([whole, other, lossy])), [[5, ['b']]])
  t.same(await drain(new JoinedStreams([lossy])), [[5, ['d']]])
})

function randomList(chance: Chance): Listed {
  const list = new Map<number, Set<string>>()
  for (let count = chance.below(20); count > 0; count--) {
    const start = chance.below(15)
    list.set(start, (list.get(start) ?? new Set()).add(chance.of(['a', 'b', 'c'])))
  }
  return list
}

function streamOf(list: Listed, isWhole: boolean): StartStream {
  return {
    async at(maxMicros): Promise<StartGroup | undefined> {
      const starts = [...list.keys()].filter((start) => start <= maxMicros)
      if (starts.length === 0) return undefined
      const startMicros = Math.max(...starts)
      return { startMicros, traceIds: list.get(startMicros) ?? new Set(), isWhole }
    },
  }
}

async function drain(stream: StartStream): Promise<[number, string[]][]> {
  const found: [number, string[]][] = []
  for (let max = 100; ; ) {
    const group = await stream.at(max)
    if (group === undefined) return found
    found.push([group.startMicros, [...group.traceIds].sort()])
    max = group.startMicros - 1
  }
}

function expected(lists: readonly Listed[], which: 'every' | 'some'): [number, string[]][] {
  const found: [number, string[]][] = []
  for (let start = 15; start >= 0; start--) {
    const ids = ['a', 'b', 'c'].filter((id) => lists[which]((list) => list.get(start)?.has(id)))
    if (ids.length > 0) found.push([start, ids])
  }
  return found
}
