import t from 'tap'
import { OperationTable } from '../../../src/sampling/adaptive/operation-table.ts'
import type { KeptBy, RowCounts } from '../../../src/sampling/adaptive/throughput.ts'
import { Throughput } from '../../../src/sampling/adaptive/throughput.ts'

function begin() {
  const table = new OperationTable({ servicesMax: 10, operationsMax: 10_000 })
  const throughput = new Throughput(table, 10)
  const observe = (operation: string, times: number, keptBy: KeptBy | undefined) => {
    for (let time = 0; time < times; time++) throughput.observe('cart', operation, keptBy)
  }
  const take = () => {
    const taken: Record<string, Omit<RowCounts, 'place' | 'row'>> = {}
    const service = table.service('cart')
    if (service === undefined) return taken
    throughput.take(service, ({ place, row: _, ...amounts }) => {
      taken[service.rows.nameAt(place)] = amounts
    })
    return taken
  }
  return { observe, take }
}

t.test('Throughput counts as many as there are, and begins anew when they are taken', async (t) => {
  const { observe, take } = begin()
  const nothing = { kept: 0, represented: 0, unmarked: 0, forced: 0 }
  observe('a', 200_000, undefined)
  observe('a', 65_536, { kind: 'other' })
  observe('b', 65_535, undefined)
  observe('b', 131_072, { kind: 'share', probability: 1 })
  observe('c', 1, { kind: 'share', probability: 0.25 })
  t.strictSame(take(), {
    a: { ...nothing, unmarked: 200_000, forced: 65_536 },
    b: { ...nothing, unmarked: 65_535, kept: 131_072, represented: 131_072 },
    c: { ...nothing, kept: 1, represented: 4 },
  })
  t.strictSame(take(), {})
  observe('a', 3, undefined)
  observe('b', 2, { kind: 'share', probability: 0.5 })
  t.strictSame(take(), {
    a: { ...nothing, unmarked: 3 },
    b: { ...nothing, kept: 2, represented: 4 },
  })
})

t.test('Throughput adds up what traces stand for to a thousandth', async (t) => {
  const { observe, take } = begin()
  observe('a', 30_000, { kind: 'share', probability: 0.00037 })
  const { represented = 0 } = take()['a'] ?? {}
  t.ok(Math.abs(represented / (30_000 / 0.00037) - 1) < 0.001, `${represented}`)
})
