import t from 'tap'
import { isDeadlineOver } from '../../src/transport/deadline.ts'

t.test(
  'isDeadlineOver() takes a cancellation shortly before the deadline for the deadline',
  async (t) => {
    t.equal(isDeadlineOver(10_000, 10_000), true)
    t.equal(isDeadlineOver(10_000, 9_950), true)
    t.equal(isDeadlineOver(10_000, 9_000), false)
    t.equal(isDeadlineOver(Number.POSITIVE_INFINITY, 10_000), false)
  },
)
