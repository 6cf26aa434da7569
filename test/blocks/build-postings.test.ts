import t from 'tap'
import { buildPostings, buildSlices, sliceOf } from '../../src/blocks/build-postings.ts'
import { OpenBlock } from '../../src/blocks/open-block.ts'
import { Postings } from '../../src/blocks/postings.ts'
import { nameHash } from '../../src/blocks/segment.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../conformance/sample.ts'

const spanCount = 60

function sampleBlock(): OpenBlock {
  const block = new OpenBlock(1000)
  const groups = ['a', 'b'].map((service) =>
    sampleGroup(
      Array.from(Array(spanCount / 2).keys(), (id) =>
        sampleSpan({
          trace: 1,
          id: id + 1,
          name: `name ${id % 3}`,
          attributes: { id: String(id), same: 'x', few: String(id % 5) },
        }),
      ),
      { service },
    ),
  )
  block.append(sampleBatch(groups, 0))
  return block
}

t.test('buildSlices() has the terms of buildPostings(), each in its slice', async (t) => {
  const block = sampleBlock()
  const whole = new Postings(buildPostings(block, 7), spanCount)
  const slices = buildSlices(block, { seed: 7, bits: 6, withNames: false })
  t.equal(slices.length, 64)
  const postings = slices.map((bytes) => bytes && new Postings(bytes, spanCount))
  let terms = 0
  for (const hash of whole.hashes.flatMap((some) => [...some])) {
    terms += 1
    const slice = postings[sliceOf(hash, 6)]
    t.same(Array.from(slice?.spansWith(hash) ?? []), Array.from(whole.spansWith(hash)))
  }
  let sliced = 0
  for (const slice of postings) for (const some of slice?.hashes ?? []) sliced += some.length
  t.equal(sliced, terms)
  t.ok(terms > 40)
})

t.test('buildSlices() has the names of spans as terms when it is asked to', async (t) => {
  const block = sampleBlock()
  const hash = nameHash('name 1')
  const [plain] = buildSlices(block, { seed: 0, bits: 0, withNames: false })
  t.same(Array.from(new Postings(plain as Uint8Array, spanCount).spansWith(hash)), [])
  const [named] = buildSlices(block, { seed: 0, bits: 0, withNames: true })
  const found = Array.from(new Postings(named as Uint8Array, spanCount).spansWith(hash))
  t.same(
    found,
    Array.from(Array(spanCount).keys()).filter((span) => (span % (spanCount / 2)) % 3 === 1),
  )
})
