import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { closeAfter, closeAll, closeEach, thenClose } from '../../src/errors/close-all.ts'

t.test('closeAll() closes every part, stage by stage, whatever fails', async (t) => {
  const done: string[] = []
  const told: string[] = []
  const ends = (name: string) => async () => {
    await nextTurn()
    done.push(name)
  }
  const stages = [
    {
      slow: async () => {
        await nextTurn()
        throw new Error('second')
      },
      rejects: () => Promise.reject(new Error('first')),
      late: ends('late'),
    },
    {
      throws: () => {
        throw new Error('third')
      },
    },
    { last: ends('last') },
  ]
  const closing = closeAll(stages, (error, part) =>
    told.push(`${part}: ${error instanceof Error ? error.message : error}`),
  )
  await t.rejects(closing, { message: 'first' })
  t.same(done, ['late', 'last'])
  t.same(told, ['rejects: first', 'slow: second', 'throws: third'])
})

t.test('closeAll() begins a stage when the one before has ended', async (t) => {
  const order: string[] = []
  const part = (name: string) => async () => {
    order.push(`${name} begins`)
    await nextTurn()
    order.push(`${name} ends`)
  }
  await closeAll([{ a: part('a'), b: part('b') }, { c: part('c') }])
  t.same(order, ['a begins', 'b begins', 'a ends', 'b ends', 'c begins', 'c ends'])
})

t.test('closeEach() closes every part and throws what failed first', async (t) => {
  const closed: string[] = []
  const part = (name: string, error?: Error) => ({
    close() {
      closed.push(name)
      if (error !== undefined) throw error
    },
  })
  const parts = [part('a'), part('b', new Error('of b')), part('c', new Error('of c')), part('d')]
  t.throws(() => closeEach(parts), { message: 'of b' })
  t.same(closed, ['a', 'b', 'c', 'd'])
})

t.test('closeAfter() closes and keeps the error that came first', async (t) => {
  const first = new Error('cannot open')
  let closed = 0
  const close = async (): Promise<void> => {
    closed += 1
  }
  await t.rejects(closeAfter(first, close), first)
  await t.rejects(
    closeAfter(first, () => Promise.reject(new Error('cannot close'))),
    { message: 'cannot open' },
  )
  t.equal(closed, 1)
})

t.test('thenClose() closes behind the work, and tells what failed first', async (t) => {
  const done: string[] = []
  const work = async (): Promise<number> => {
    done.push('work')
    return 7
  }
  const close = async (): Promise<void> => {
    await nextTurn()
    done.push('closed')
  }
  const fails = (name: string) => () => Promise.reject(new Error(name))
  t.equal(await thenClose(work, close), 7)
  t.same(done.splice(0), ['work', 'closed'])
  await t.rejects(thenClose(fails('work'), close), { message: 'work' })
  t.same(done.splice(0), ['closed'])
  await t.rejects(thenClose(fails('work'), fails('close')), { message: 'work' })
  await t.rejects(thenClose(work, fails('close')), { message: 'close' })
})
