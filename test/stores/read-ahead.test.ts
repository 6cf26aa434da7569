import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { ReadAhead } from '../../src/stores/read-ahead.ts'

/** A reader of ten traces of two parts each, which keeps what it is asked for. */
function reads() {
  const begun: number[] = []
  const ended: number[] = []
  async function* read(traceId: Uint8Array): AsyncGenerator<string> {
    const trace = traceId[0] ?? 0
    begun.push(trace)
    try {
      await setImmediate()
      if (trace === 8) throw new Error('cannot be read')
      yield `${trace}a`
      yield `${trace}b`
    } finally {
      ended.push(trace)
    }
  }
  const ids = Array.from(Array(10).keys(), (trace) => new Uint8Array([trace]))
  return { begun, ended, ahead: new ReadAhead(ids, read) }
}

async function all(parts: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = []
  for await (const part of parts) found.push(part)
  return found
}

t.test('of() begins the next six once one is asked for', async (t) => {
  const { begun, ended, ahead } = reads()
  t.same(begun, [], 'nothing before')
  t.same(await all(ahead.of(0)), ['0a', '0b'])
  t.same(begun, [0, 1, 2, 3, 4, 5, 6])
  t.same(await all(ahead.of(1)), ['1a', '1b'])
  t.same(begun, [0, 1, 2, 3, 4, 5, 6, 7], 'each once')
  t.same(ended, [0, 1], 'of the others a part at most is read')
  ahead.end()
  await setImmediate()
  t.same([...ended].sort(), [0, 1, 2, 3, 4, 5, 6, 7], 'what nobody asked for is ended')
})

t.test('of() reads any trace in any order, as often as it is asked', async (t) => {
  const { begun, ahead } = reads()
  t.same(await all(ahead.of(5)), ['5a', '5b'])
  t.same(await all(ahead.of(2)), ['2a', '2b'])
  t.same(await all(ahead.of(5)), ['5a', '5b'])
  t.same(begun, [5, 6, 7, 8, 9, 2, 5])
  ahead.end()
  t.same(await all(ahead.of(3)), ['3a', '3b'])
  t.same(begun.slice(-1), [3], 'nothing ahead after the end')
})

t.test('of() fails for the trace that cannot be read, and for no other', async (t) => {
  const { ahead } = reads()
  t.same(await all(ahead.of(7)), ['7a', '7b'])
  t.same(await all(ahead.of(9)), ['9a', '9b'])
  await t.rejects(all(ahead.of(8)), { message: 'cannot be read' })
})

t.test('of() ends the reading of a trace when its reader leaves', async (t) => {
  const { ended, ahead } = reads()
  for await (const part of ahead.of(0)) {
    t.equal(part, '0a')
    break
  }
  t.same(ended, [0])
  ahead.end()
})
