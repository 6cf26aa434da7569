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
    'No connection established. Last error: Error: 806CA26BF67F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/openssl/ssl/record/ssl3_record.c:350:\n. Resolution note: ':
      'TLS: wrong version number',
    'the disk is full': 'the disk is full',
  }
  for (const [details, reason] of Object.entries(reasons))
    t.equal(connectionReason(details), reason)
})
