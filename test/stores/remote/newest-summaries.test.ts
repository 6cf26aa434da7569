import t from 'tap'
import { hexOf } from '../../../bridge/model/identifier.ts'
import { NewestSummaries } from '../../../src/stores/remote/newest-summaries.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'

t.test('NewestSummaries drops those of traces that newer ones pushed out', async (t) => {
  const summaries = new NewestSummaries(5)
  for (let number = 1; number <= 100; number++) {
    const traceId = hexOf(traceIdOf(number))
    for (const id of [1, 2]) {
      const span = sampleSpan({ trace: number, id })
      summaries.add({ traceId, batch: sampleBatch([sampleGroup([span])], 0) })
    }
    summaries.end(traceId, number % 10 === 0 ? undefined : number)
    t.ok(summaries.size <= 10, `${summaries.size} of them`)
  }
  for (const number of [94, 95, 96, 97, 98, 99]) {
    t.match(summaries.summary(hexOf(traceIdOf(number))), { spanCount: 2 })
  }
  for (const number of [1, 80, 100]) {
    t.equal(summaries.summary(hexOf(traceIdOf(number))), undefined)
  }
})
