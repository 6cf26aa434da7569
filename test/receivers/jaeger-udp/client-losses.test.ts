import t from 'tap'
import type { BatchFacts } from '../../../bridge/jaeger-thrift/batch-facts.ts'
import { ClientLosses } from '../../../src/receivers/jaeger-udp/client-losses.ts'
import { SequenceWindow } from '../../../src/receivers/jaeger-udp/sequence-window.ts'

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n)

const sequences: readonly (readonly [why: string, numbers: readonly number[], lost: number])[] = [
  ['none is missing', range(1, 100), 0],
  ['it begins late', range(500, 600), 0],
  ['one is missing', [...range(1, 9), ...range(11, 60)], 1],
  ['the gap is longer than the window', [1, ...range(102, 200)], 100],
  ['the gap is as long as the window', [1, ...range(34, 100)], 32],
  ['two change places', [1, 2, 4, 3, ...range(5, 60)], 0],
  ['one comes twice', [1, 2, 2, ...range(3, 60)], 0],
  ['the client starts again', [...range(1, 500), ...range(1, 60)], 0],
  ['the numbers jump beyond all sense', [1, 2 ** 53, ...range(1, 60)], 0],
  ['numbers are below zero', [-5, -4, ...range(-3, 60)], 0],
]
for (const [why, numbers, lost] of sequences) {
  t.test(`SequenceWindow counts ${lost} when ${why}`, async (t) => {
    const window = new SequenceWindow()
    let counted = 0
    for (const number of numbers) counted += window.note(number)
    t.equal(counted + window.close(), lost)
  })
}

t.test('SequenceWindow counts every lost number of long random series', async (t) => {
  for (let run = 1; run <= 50; run++) {
    const window = new SequenceWindow()
    let counted = 0
    let lost = 0
    for (let number = 1; number <= 1000; number++) {
      const isLost =
        number > 1 && number < 1000 && (Math.imul(number, 0x9e37 + run) >>> 7) % 5 === 0
      if (isLost) lost++
      else counted += window.note(number)
    }
    t.equal(counted + window.close(), lost)
  }
})

function facts(given: Partial<BatchFacts>): BatchFacts {
  const nothing = { clientUuid: undefined, seqNo: undefined, stats: undefined }
  return { spans: 0, unknownFields: 0, ...nothing, ...given }
}

function stats(queue: number, large = 0, failed = 0) {
  return {
    fullQueueDroppedSpans: queue,
    tooLargeDroppedSpans: large,
    failedToEmitSpans: failed,
  }
}

t.test('ClientLosses counts what a client tells since it was first seen', async (t) => {
  const losses = new ClientLosses(10)
  losses.note('a:1', facts({ seqNo: 7, stats: stats(100) }))
  losses.note('a:1', facts({ seqNo: 8, stats: stats(103, 2, 1) }))
  losses.note('a:1', facts({ seqNo: 10, stats: stats(110, 2, 1) }))
  losses.note('a:1', facts({ seqNo: 9, stats: stats(105, 2, 1) }))
  t.match(
    [...losses.list()],
    [
      { client: 'a:1', batches: 0, spans: { queue_full: 10, too_large: 2, failed_to_emit: 1 } },
      { client: 'other', batches: 0 },
    ],
  )
})

t.test('ClientLosses counts what a first batch tells, and nothing of a restart', async (t) => {
  const losses = new ClientLosses(10)
  losses.note('a:1', facts({ clientUuid: 'u', seqNo: 1, stats: stats(3) }))
  losses.note('b:2', facts({ clientUuid: 'u', seqNo: 2, stats: stats(0) }))
  losses.note('b:2', facts({ clientUuid: 'u', seqNo: 3, stats: stats(1) }))
  t.match([...losses.list()], [{ client: 'u', spans: { queue_full: 4 } }, { client: 'other' }])
})

t.test('ClientLosses keeps a number of clients, and the sum of all others', async (t) => {
  const losses = new ClientLosses(100)
  for (let client = 0; client < 1000; client++) {
    losses.note(`host:${client}`, facts({ seqNo: 1, stats: stats(1) }))
    losses.note('busy:1', facts({ seqNo: client + 1, stats: stats(client) }))
  }
  const list = [...losses.list()]
  t.equal(list.length, 101)
  t.match(list.at(-1), { client: 'other', spans: { queue_full: 901 } })
  t.match(
    list.find(({ client }) => client === 'busy:1'),
    { spans: { queue_full: 999 } },
  )
})

t.test('a client that is called as those that are known no more goes by its address', (t) => {
  const losses = new ClientLosses(10)
  losses.note('127.0.0.1:1', facts({ clientUuid: 'other', seqNo: 1, stats: stats(5) }))
  t.same(
    [...losses.list()].map(({ client }) => client),
    ['127.0.0.1:1', 'other'],
  )
  t.end()
})
