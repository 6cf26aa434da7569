import assert from 'node:assert/strict'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../src/ports/span-query.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { patience, rankTraces, readFind, readTrace, spanKeys } from './answer.ts'
import type { Check } from './check.ts'
import type { World } from './generate.ts'
import { Chance, randomGroups, randomQuery } from './generate.ts'
import { describe } from './random.ts'
import { sampleBatch } from './sample.ts'

const hourMs = 3_600_000
const spansPerWrite = 15

/** Reads while others write. */
export const concurrent: readonly Check[] = [
  {
    name: 'find() in a window that has passed is exact while later spans and other tenants are written',
    needs: ['tenants', 'negation', 'regular_expressions', 'any_service'],
    async run({ store, reference: createReference, arrivalUnixMs, random: { seed, queries } }) {
      const reference = createReference()
      const chance = new Chance(seed)
      // Everything in the window started in the two hours before; what is later, after its end.
      const past = { chance, arrivalUnixMs: arrivalUnixMs - 3 * hourMs, traces: 200 }
      const now = { chance, arrivalUnixMs, traces: 200 }
      const sent = new Set<string>()
      const batchOf = (world: World): SpanBatch =>
        sampleBatch(randomGroups(world, spansPerWrite), world.arrivalUnixMs)
      const note = (batch: SpanBatch): SpanBatch => {
        for (const key of spanKeys(batch)) sent.add(key)
        return batch
      }
      let found = 0
      for (let at = 0; at < queries; at++) {
        const batch = note(batchOf(past))
        await Promise.all([store, reference].map((one) => one.write('', batch, patience)))
        const query = { ...randomQuery(past), ...windowOf(chance, past.arrivalUnixMs) }
        const writes = Promise.all([
          store.write('', note(batchOf(now)), patience),
          store.write('other', batchOf(past), patience),
          store.write('other', batchOf(now), patience),
        ])
        try {
          const expected = await rankTraces(reference, query)
          const message = describe(seed, at, query)
          assert.deepEqual(await rankTraces(store, query), expected, message)
          if (expected.length > 0) found++
          if (at % 10 === 0) await checkParts({ store, reference, query, sent, message })
        } finally {
          await writes
        }
      }
      assert.ok(found * 3 > queries, 'random queries find something')
      await reference.close()
    },
  },
]

/** A part of the two hours before. */
function windowOf(
  chance: Chance,
  endUnixMs: number,
): { readonly minMicros: number; readonly maxMicros: number } {
  const end = (endUnixMs + 1) * 1000
  const length = chance.of([200, 10_000, 2 * hourMs]) * 1000
  const maxMicros = end - (chance.is(0.5) ? 0 : chance.below(200_000))
  return { minMicros: maxMicros - length, maxMicros }
}

/** Of a trace everything that was acknowledged, and nothing that nobody sent to this tenant. */
async function checkParts(options: {
  readonly store: SpanStore
  readonly reference: SpanStore
  readonly query: SpanQuery
  readonly sent: ReadonlySet<string>
  readonly message: string
}): Promise<void> {
  const { store, reference, query, sent, message } = options
  const { traces } = await readFind(store, { ...query, limit: Math.min(query.limit, 5) })
  for (const { traceId, keys } of traces) {
    const id = new Uint8Array(Buffer.from(traceId, 'hex'))
    const held = new Set(keys)
    assert.equal(held.size, keys.length, `no span twice: ${message}`)
    const lacking = (await readTrace(reference, id)).filter((key) => !held.has(key))
    assert.deepEqual(lacking, [], message)
    assert.deepEqual(
      keys.filter((key) => !sent.has(key)),
      [],
      message,
    )
  }
}
