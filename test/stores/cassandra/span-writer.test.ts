import t from 'tap'
import { SpanWriter } from '../../../src/stores/cassandra/native/span-writer.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'

type Session = ConstructorParameters<typeof SpanWriter>[0]['session']

t.test('cancel() lets go of a request while commits hang', async (t) => {
  const hangs = { run: () => new Promise(() => {}) } as unknown as Session
  const writer = new SpanWriter({
    session: hangs,
    retentions: { defaultMs: 3_600_000, byTenant: new Map() },
    requestBytesMax: Number.POSITIVE_INFINITY,
    onCommitFailed: () => {},
  })
  const asked: number[] = []
  const write = (id: number): Promise<void> => {
    const batch = sampleBatch([sampleGroup([sampleSpan({ trace: id, id })])], Date.now())
    return writer.write(id, '', batch, () => {
      asked.push(id)
      return true
    })
  }
  void write(1)
  void write(2)
  const third = write(3)
  t.same(asked, [1, 2], 'two commits are under way')
  writer.cancel(1)
  writer.cancel(3)
  writer.cancel(3)
  await third
  t.same(asked, [1, 2])
})
