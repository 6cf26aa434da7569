import t from 'tap'
import {
  refusalOf,
  retryDelayMs,
  statusMessage,
} from '../../../bridge/opentelemetry/grpc-refusal.ts'
import { readResponse } from '../../../bridge/opentelemetry/read-response.ts'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import { grpcStatusOf } from '../../../src/errors/status.ts'

const busy = new GatewayError('overloaded', 'Cannot take spans: full', { retryAfterMs: 1250 })
const details = grpcStatusOf(busy).details ?? new Uint8Array(0)

/** Of https://opentelemetry.io/docs/specs/otlp/#failures; those that are missing are not retryable. */
const retryable = [1, 4, 10, 11, 14, 15]

t.test('refusalOf() retries what the table of OTLP says, by code', async (t) => {
  for (let code = 1; code <= 16; code++) {
    const refusal = refusalOf({ code, name: String(code), message: 'm' })
    t.equal(refusal.isRetryable, retryable.includes(code), `code ${code}`)
    t.equal(refusal.retryAfterMs, undefined)
  }
})

t.test('refusalOf() retries RESOURCE_EXHAUSTED only with RetryInfo', async (t) => {
  const exhausted = { code: 8, name: 'RESOURCE_EXHAUSTED', message: 'm' }
  t.match(refusalOf(exhausted), { isRetryable: false })
  t.match(refusalOf({ ...exhausted, details }), { isRetryable: true, retryAfterMs: 1250 })
  const other = grpcStatusOf(new GatewayError('invalid_argument', 'm', { field: 'f' })).details
  t.match(refusalOf({ ...exhausted, details: other ?? new Uint8Array(0) }), { isRetryable: false })
})

t.test('refusalOf() says no wait for what is not retried', async (t) => {
  const refusal = refusalOf({ code: 3, name: 'INVALID_ARGUMENT', message: 'm', details })
  t.strictSame(refusal, {
    kind: 'refused',
    code: 'INVALID_ARGUMENT',
    message: 'm',
    isRetryable: false,
  })
})

t.test('retryDelayMs() finds nothing in bytes that are no status', async (t) => {
  for (let end = 0; end < details.length; end++) {
    const delay = retryDelayMs(details.subarray(0, end))
    t.ok(delay === undefined || (delay >= 0 && delay <= 1250), `cut at ${end}: ${delay}`)
  }
  t.equal(retryDelayMs(Uint8Array.of(0xff, 0xff)), undefined)
  t.equal(statusMessage(Uint8Array.of(0xff)), undefined)
  t.equal(statusMessage(details), 'Cannot take spans: full')
})

t.test('readResponse() reads the partial success and skips what it does not know', async (t) => {
  t.strictSame(readResponse(new Uint8Array(0)), { rejectedSpans: 0, message: '' })
  const partial = Buffer.from('0a0808021202686918052001', 'hex')
  t.strictSame(readResponse(partial), { rejectedSpans: 2, message: 'hi' })
  t.throws(() => readResponse(Uint8Array.of(0x0a, 9)), { code: 'bad_length' })
})
