import t from 'tap'
import { hexOf } from '../../bridge/model/identifier.ts'
import { SpanKind, StatusCode } from '../../bridge/model/span.ts'
import { createRandom } from '../../src/cli/generate/random.ts'
import { shopTrace } from '../../src/cli/generate/shop.ts'

const endNano = 1_800_000_000_000_000_000n

t.test('shopTrace() hangs every span below one root that covers it', async (t) => {
  const random = createRandom(7)
  for (let index = 0; index < 50; index++) {
    const { groups, spanCount } = shopTrace(random, endNano)
    const spans = groups.flatMap((group) => group.spans)
    t.equal(spans.length, spanCount)
    const byId = new Map(spans.map((span) => [hexOf(span.spanId), span]))
    t.equal(byId.size, spanCount, 'span ids differ')
    const roots = spans.filter((span) => span.parentSpanId === undefined)
    t.equal(roots.length, 1)
    t.equal(roots[0]?.endUnixNano, endNano)
    for (const span of spans) {
      const parent = span.parentSpanId && byId.get(hexOf(span.parentSpanId))
      if (parent === undefined) continue
      const inside =
        parent.startUnixNano <= span.startUnixNano && span.endUnixNano <= parent.endUnixNano
      t.ok(inside, `${span.name} lies inside ${parent.name}`)
      t.equal(parent.kind === SpanKind.server, span.kind === SpanKind.client)
    }
  }
})

t.test('shopTrace() gives the same traces for the same seed and others for another', async (t) => {
  const traces = [1, 1, 2].map((seed) => shopTrace(createRandom(seed), endNano))
  t.strictSame(traces[0], traces[1])
  t.notSame(traces[0], traces[2])
})

t.test('shopTrace() has traces that fail, and their error reaches the root', async (t) => {
  const random = createRandom(3)
  const failed = Array.from({ length: 400 }, () => shopTrace(random, endNano)).filter(
    ({ groups }) => {
      return groups.some((group) => group.spans.some((span) => span.events.length > 0))
    },
  )
  t.ok(failed.length > 3, `${failed.length} of 400 fail`)
  for (const { groups } of failed) {
    const root = groups
      .flatMap((group) => group.spans)
      .find((span) => span.parentSpanId === undefined)
    t.equal(root?.status?.code, StatusCode.error)
  }
})
