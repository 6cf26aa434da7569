import t from 'tap'
import { growthPercent } from '../../src/cli/heap-growth.ts'

const mib = 1024 * 1024

t.test(
  'growthPercent() gives a small heap about 96 MiB of room and leaves large ones alone',
  async (t) => {
    t.equal(growthPercent(5 * mib), 900, 'at most tenfold')
    t.equal(growthPercent(16 * mib), 600)
    t.equal(growthPercent(96 * mib), 100)
    t.equal(growthPercent(97 * mib), 0)
    t.equal(growthPercent(2000 * mib), 0)
  },
)

t.test('growthPercent() gives less room where much is kept outside of the heap', async (t) => {
  t.equal(growthPercent(48 * mib, 32 * mib), 133)
  t.equal(growthPercent(40 * mib, 80 * mib), 80)
  t.equal(growthPercent(40 * mib, 5000 * mib), 80, 'never less than 32 MiB')
  t.equal(growthPercent(80 * mib, 80 * mib), 40)
  t.equal(growthPercent(97 * mib, 80 * mib), 0)
})
