import t from 'tap'
import { WireReader } from '../../bridge/wire/reader.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { errorCodes, GatewayError } from '../../src/errors/gateway-error.ts'
import { grpcStatusOf } from '../../src/errors/status.ts'

t.test('every code has the status that clients act on', async (t) => {
  const statuses = Object.fromEntries(
    errorCodes.map((code) => [code, grpcStatusOf(new GatewayError(code, 'Cannot x')).code]),
  )
  t.same(statuses, {
    invalid_argument: 3,
    not_found: 5,
    too_large: 8,
    overloaded: 14,
    store_unavailable: 14,
    store_corrupt: 15,
    store_unusable: 9,
    bad_settings: 9,
    cannot_listen: 9,
    unimplemented: 12,
    cancelled: 1,
    deadline_exceeded: 4,
  })
})

t.test('broken bytes are INVALID_ARGUMENT with their offset', async (t) => {
  const status = grpcStatusOf(new WireError('truncated', 'Cannot read varint: it ends', 7))
  t.same(status, {
    code: 3,
    message: 'Cannot read varint: it ends at byte 7',
    details: undefined,
    bug: false,
  })
})

t.test('anything else is INTERNAL, a bug, and tells nothing', async (t) => {
  for (const thrown of [new Error('secret'), 'secret', undefined]) {
    const status = grpcStatusOf(thrown)
    t.match(status, { code: 13, bug: true, details: undefined })
    t.notMatch(status.message, 'secret')
  }
})

/** The fields of a message: texts and nested bytes as Buffers, numbers as they are. */
function fields(bytes: Uint8Array): [number, Buffer | number][] {
  const reader = new WireReader(bytes)
  const found: [number, Buffer | number][] = []
  while (reader.more()) {
    const tag = reader.tag()
    const value = (tag & 7) === 2 ? Buffer.from(reader.slice()) : reader.uint32()
    found.push([tag >>> 3, value])
  }
  return found
}

t.test('retryAfterMs becomes RetryInfo in a google.rpc.Status', async (t) => {
  const error = new GatewayError('overloaded', 'Cannot admit', { retryAfterMs: 1250 })
  const { details } = grpcStatusOf(error)
  const [code, message, detail] = fields(details ?? new Uint8Array())
  t.same(code, [1, 14])
  t.same(message, [2, Buffer.from('Cannot admit')])
  const [type, value] = fields(detail?.[1] as Buffer)
  t.same(type, [1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')])
  const [delay] = fields(value?.[1] as Buffer)
  t.same(fields(delay?.[1] as Buffer), [
    [1, 1],
    [2, 250_000_000],
  ])
})

t.test('what cannot be retried has no RetryInfo', async (t) => {
  const error = new GatewayError('too_large', 'Cannot receive', { retryAfterMs: 1000 })
  t.equal(grpcStatusOf(error).details, undefined)
})

t.test('a field at fault becomes BadRequest', async (t) => {
  const error = new GatewayError('invalid_argument', 'Cannot find: no', { field: 'query.limit' })
  const [, , detail] = fields(grpcStatusOf(error).details ?? new Uint8Array())
  const [type, value] = fields(detail?.[1] as Buffer)
  t.same(type, [1, Buffer.from('type.googleapis.com/google.rpc.BadRequest')])
  const [violation] = fields(value?.[1] as Buffer)
  t.same(fields(violation?.[1] as Buffer), [
    [1, Buffer.from('query.limit')],
    [2, Buffer.from('Cannot find: no')],
  ])
})
