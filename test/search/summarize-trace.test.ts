import t from 'tap'
import { TraceSummarizer } from '../../src/search/summarize-trace.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'

t.test('TraceSummarizer answers the same whatever the order of parts', async (t) => {
  const spans = [
    sampleSpan({ trace: 1, id: 1, name: 'b' }),
    sampleSpan({ trace: 1, id: 2, name: 'a' }),
    sampleSpan({ trace: 1, id: 3, parent: 1, status: { code: 2, message: '' } }),
    sampleSpan({ trace: 1, id: 4, parent: 9 }),
  ]
  const batches = spans.map((span) => sampleBatch([sampleGroup([span])], 0))
  const summaries = [batches, [...batches].reverse(), [...batches, ...batches]].map((parts) => {
    const summarizer = new TraceSummarizer()
    t.ok(summarizer.empty)
    for (const part of parts) summarizer.add(part)
    t.notOk(summarizer.empty)
    return summarizer.summary(traceIdOf(1))
  })
  for (const summary of summaries) {
    t.same(summary, summaries[0])
    t.match(summary, { spanCount: 4, errorSpanCount: 1, orphanSpanCount: 1 })
    // Both roots begin at once: the smaller span id decides.
    t.equal(summary.rootOperationName, 'b')
  }
})

t.test('TraceSummarizer counts only the spans that it is given', async (t) => {
  const spans = [1, 2].map((trace) => sampleSpan({ trace, id: trace, name: `of ${trace}` }))
  const summarizer = new TraceSummarizer()
  summarizer.add(sampleBatch([sampleGroup(spans)], 0), [1])
  t.match(summarizer.summary(traceIdOf(2)), { spanCount: 1, rootOperationName: 'of 2' })
})

t.test('TraceSummarizer holds 100,000 spans', async (t) => {
  const summarizer = new TraceSummarizer()
  for (let part = 0; part < 10; part += 1) {
    const spans = Array.from(Array(10_000).keys(), (at) => {
      const id = part * 10_000 + at + 1
      return sampleSpan({ trace: 1, id, ...(id > 1 ? { parent: id - 1 } : {}) })
    })
    summarizer.add(sampleBatch([sampleGroup(spans)], 0))
  }
  t.match(summarizer.summary(traceIdOf(1)), { spanCount: 100_000, orphanSpanCount: 0 })
})
