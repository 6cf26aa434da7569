import t from 'tap'
import { describeRejected } from '../../src/receivers/receive-spans.ts'

t.test('describeRejected() says each reason once, with how many', async (t) => {
  t.equal(
    describeRejected([
      { reason: 'trace_id', message: 'Cannot take span: its trace id is zero' },
      { reason: 'span_id', message: 'Cannot take span: its id has 7 bytes' },
      { reason: 'trace_id', message: 'Cannot take span: its trace id has 15 bytes' },
    ]),
    'Cannot take span: its trace id is zero (2); Cannot take span: its id has 7 bytes (1)',
  )
})
