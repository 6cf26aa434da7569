import t from 'tap'
import { connectionReason } from '../../src/errors/connection-reason.ts'

t.test('connectionReason() leaves out the words and the time of grpc-js', async (t) => {
  const reasons = {
    'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ':
      'connect ECONNREFUSED 127.0.0.1:1',
    'No connection established. Last error: Protocol error (2026-12-01T06:46:37.569Z). Resolution note: ':
      'Protocol error',
    'No connection established. Last error: null. Resolution note: ': 'there is no connection',
    'No connection established. Last error: null. Resolution note: no addresses': 'no addresses',
    'the disk is full': 'the disk is full',
  }
  for (const [details, reason] of Object.entries(reasons))
    t.equal(connectionReason(details), reason)
})
