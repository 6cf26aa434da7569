/**
 * The cases of the W3C's own test suite, trace-context repository, test/test.py, at commit acab820
 * (level 2, strict), and the examples of the specification.
 */
import t from 'tap'
import type { Propagated } from '../../../bridge/propagation/propagated.ts'
import { traceContext } from '../../../bridge/propagation/trace-context.ts'
import { lossTexts, readHeaders } from './read-headers.ts'

const traceId = '12345678901234567890123456789012'
const spanId = '1234567890123456'
const ids = `${traceId}-${spanId}`
const good = `00-${ids}-00`

const valid: readonly (readonly [why: string, traceparent: string, expected: object])[] = [
  ['not sampled', good, { sampling: 'denied' }],
  ['sampled', `00-${ids}-01`, { sampling: 'accepted' }],
  ['random', `00-${ids}-02`, { sampling: 'denied', span: { isRandom: true } }],
  ['sampled and random', `00-${ids}-03`, { sampling: 'accepted', span: { isRandom: true } }],
  ['a later version', `cc-${ids}-01`, { sampling: 'accepted' }],
  ['a later version goes on', `cc-${ids}-01-what-the-future-will-be-like`, {}],
  ['space in front', ` ${good}`, {}],
  ['tab in front', `\t${good}`, {}],
  ['space behind', `${good} `, {}],
  ['tab behind', `${good}\t`, {}],
  ['both around', `\t ${good} \t`, {}],
]

for (const [why, traceparent, expected] of valid) {
  t.test(`traceContext.extract() takes a traceparent: ${why}`, async (t) => {
    const { propagated, losses } = readHeaders(traceContext, { traceparent })
    t.match(propagated, { span: { traceId, spanId } })
    t.match(propagated, expected)
    t.same(losses, [])
  })
}

const invalid: readonly (readonly [why: string, traceparent: string, loss: string])[] = [
  ['version 00 with a dot behind', `00-${ids}-01.`, 'malformed'],
  ['version 00 goes on', `00-${ids}-01-what-the-future-will-be-like`, 'malformed'],
  ['a later version goes on without a dash', `cc-${ids}-01.what-the-future`, 'malformed'],
  ['version ff', `ff-${ids}-01`, 'forbidden_version'],
  ['version is no hex', `.0-${ids}-01`, 'malformed'],
  ['version is half hex', `0.-${ids}-01`, 'malformed'],
  ['version of 3', `000-${ids}-01`, 'malformed'],
  ['version of 4', `0000-${ids}-01`, 'malformed'],
  ['version of 1', `0-${ids}-01`, 'malformed'],
  ['trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`, 'zero_id'],
  ['trace id is no hex', `00-.${traceId.slice(1)}-${spanId}-01`, 'malformed'],
  ['trace id of 33', `00-${traceId}3-${spanId}-01`, 'malformed'],
  ['trace id of 31', `00-${traceId.slice(1)}-${spanId}-01`, 'malformed'],
  ['trace id in upper case', `00-${'AB'.repeat(16)}-${spanId}-01`, 'malformed'],
  ['span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`, 'zero_id'],
  ['span id is no hex', `00-${traceId}-.${spanId.slice(1)}-01`, 'malformed'],
  ['span id of 17', `00-${traceId}-${spanId}7-01`, 'malformed'],
  ['span id of 15', `00-${traceId}-${spanId.slice(1)}-01`, 'malformed'],
  ['flags are no hex', `00-${ids}-.0`, 'malformed'],
  ['flags are half hex', `00-${ids}-0.`, 'malformed'],
  ['flags of 3', `00-${ids}-001`, 'malformed'],
  ['flags of 1', `00-${ids}-1`, 'malformed'],
  ['nothing', '', 'malformed'],
  ['a later version of 600 characters', `cc-${ids}-01-${'x'.repeat(600)}`, 'malformed'],
]

for (const [why, traceparent, reason] of invalid) {
  t.test(`traceContext.extract() refuses a traceparent: ${why}`, async (t) => {
    const { propagated, losses } = readHeaders(traceContext, { traceparent, tracestate: 'foo=1' })
    t.same(propagated, { sampling: 'deferred', baggage: [] })
    t.same(lossTexts(losses), [`traceparent: ${reason} 1`])
  })
}

t.test('traceContext.extract() takes neither of two traceparents', async (t) => {
  const traceparent = [good, good.replace('1234', '4321')]
  const { propagated, losses } = readHeaders(traceContext, { traceparent })
  t.equal(propagated.span, undefined)
  t.same(lossTexts(losses), ['traceparent: duplicate 2'])
})

t.test('traceContext.extract() minds no case of names, and no other names', async (t) => {
  for (const name of ['TraceParent', 'TrAcEpArEnT', 'TRACEPARENT']) {
    t.equal(readHeaders(traceContext, { [name]: good }).propagated.span?.traceId, traceId)
  }
  for (const name of ['trace-parent', 'trace.parent']) {
    t.same(readHeaders(traceContext, { [name]: good }).propagated.span, undefined)
  }
})

t.test('traceContext.extract() tells flags that have no meaning', async (t) => {
  const now = readHeaders(traceContext, { traceparent: `00-${ids}-ff` })
  t.same(lossTexts(now.losses), ['traceparent: reserved_flags 6'])
  const later = readHeaders(traceContext, { traceparent: `cc-${ids}-03` })
  t.same(lossTexts(later.losses), ['traceparent: reserved_flags 1'])
  t.equal(later.propagated.span?.isRandom, undefined, 'only sampled is known of later versions')
})

const keyCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/'
const valueCharacters = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at))
  .filter((character) => character !== ',' && character !== '=')
  .join('')
const members = (count: number) => Array.from({ length: count }, (_, at) => `bar${at}=${at}`)

const states: readonly (readonly [why: string, tracestate: string | string[], read: string])[] = [
  ['two members', 'foo=1,bar=2', 'foo=1,bar=2'],
  ['an empty one', '', ''],
  ['an empty one behind', ['foo=1', ''], 'foo=1'],
  ['an empty one in front', ['', 'foo=1'], 'foo=1'],
  ['three headers', ['foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'], 'foo=1,bar=2,rojo=1,congo=2,baz=3'],
  ['all characters of a key', `${keyCharacters}@a-z0-9_-*/=1`, `${keyCharacters}@a-z0-9_-*/=1`],
  ['all characters of a value', `a=${valueCharacters}`, `a=${valueCharacters}`],
  ['spaces and tabs', 'foo=1 \t , \t bar=2, \t baz=3', 'foo=1,bar=2,baz=3'],
  ['spaces around', '\t foo=1 \t', 'foo=1'],
  ['spaces in front of a value', 'foo=  1', 'foo=  1'],
  ['a key that ends with @', 'foo@=1,bar=2', 'foo@=1,bar=2'],
  ['a key with @@', 'foo@@bar=1,bar=2', 'foo@@bar=1,bar=2'],
  ['a key with two @', 'foo@bar@baz=1,bar=2', 'foo@bar@baz=1,bar=2'],
  ['a key that begins with a digit', '0foo=1', '0foo=1'],
  ['32 members', members(32).join(), members(32).join()],
  ['a key of 256', `foo=1,${'z'.repeat(256)}=1`, `foo=1,${'z'.repeat(256)}=1`],
  ['a key of 242, an @ and more', `${'t'.repeat(242)}@v=1`, `${'t'.repeat(242)}@v=1`],
  ['a value of 256', `foo=${'v'.repeat(256)}`, `foo=${'v'.repeat(256)}`],
]

for (const [why, tracestate, read] of states) {
  t.test(`traceContext.extract() takes a tracestate: ${why}`, async (t) => {
    const { propagated, losses } = readHeaders(traceContext, { traceparent: good, tracestate })
    t.equal(propagated.span?.traceState ?? '', read)
    t.same(losses, [])
    const { fields } = traceContext.inject(propagated)
    t.same(fields.slice(1), read === '' ? [] : [['tracestate', read]])
  })
}

const badStates: readonly (readonly [why: string, tracestate: string, reason: string])[] = [
  ['a space behind a key', 'foo =1', 'malformed'],
  ['a key in upper case', 'FOO=1', 'malformed'],
  ['a dot in a key', 'foo.bar=1', 'malformed'],
  ['a key that begins with @', '@foo=1,bar=2', 'malformed'],
  ['33 members', members(33).join(), 'limit_members'],
  ['a key of 257', `foo=1,${'z'.repeat(257)}=1`, 'malformed'],
  ['a value of 257', `foo=1,bar=${'v'.repeat(257)}`, 'malformed'],
  ['two equals signs', 'foo=bar=baz', 'malformed'],
  ['no value', 'foo=,bar=3', 'malformed'],
  ['no equals sign', 'foo', 'malformed'],
  ['a tab in a value', 'foo=a\tb', 'malformed'],
  ['a value that is not ASCII', 'foo=é', 'malformed'],
]

for (const [why, tracestate, reason] of badStates) {
  t.test(`traceContext.extract() voids a tracestate, and only that: ${why}`, async (t) => {
    const { propagated, losses } = readHeaders(traceContext, { traceparent: good, tracestate })
    t.same(propagated.span, { traceId, spanId })
    t.same(lossTexts(losses), [`tracestate: ${reason} 1`])
  })
}

t.test('traceContext.extract() keeps the first of equal keys', async (t) => {
  const headers = { traceparent: good, tracestate: ['foo=1,bar=1', 'foo=2', 'foo=3'] }
  const { propagated, losses } = readHeaders(traceContext, headers)
  t.equal(propagated.span?.traceState, 'foo=1,bar=1')
  t.same(lossTexts(losses), ['tracestate: duplicate 2'])
})

t.test(
  'traceContext.inject() shortens a tracestate: long members first, then the last',
  async (t) => {
    const long = (key: string) => `${key}=${'v'.repeat(250)}`
    const short = Array.from({ length: 30 }, (_, at) => `s${at}=${'v'.repeat(100)}`)
    const traceState = [long('first'), ...short, long('last')].join()
    const propagated: Propagated = {
      span: { traceId, spanId, traceState },
      sampling: 'denied',
      baggage: [],
    }
    const limits = (traceStateBytesMax: number) => ({
      fieldsMax: 1000,
      fieldBytesMax: 32768,
      traceStateMembersMax: 32,
      traceStateBytesMax,
      baggageMembersMax: 180,
      baggageMemberBytesMax: 4096,
      baggageBytesMax: 8192,
    })
    const written = (max: number) => traceContext.inject(propagated, limits(max)).fields[1]?.[1]
    t.equal(written(traceState.length), traceState)
    t.equal(written(traceState.length - 1), [long('first'), ...short].join())
    t.equal(written(512), short.slice(0, 4).join())
    t.equal(written(10), undefined)
    const { losses } = traceContext.inject(propagated, limits(512))
    t.same(lossTexts(losses), ['tracestate: limit_total_bytes 28'])
  },
)

t.test('traceContext.inject() tells what it has no place for', async (t) => {
  const parentSpanId = 'b'.repeat(16)
  const { fields, losses } = traceContext.inject({
    span: { traceId, spanId, parentSpanId, isFirehose: true, isRandom: true },
    sampling: 'debug',
    baggage: [{ key: 'a', value: 'b' }],
  })
  t.same(fields, [['traceparent', `00-${ids}-03`]])
  const expected = ['parentSpanId', 'isFirehose', 'debug', 'baggage']
  t.same(
    lossTexts(losses),
    expected.map((part) => `${part}: not_carried 1`),
  )
  const alone = traceContext.inject({ sampling: 'denied', baggage: [] })
  t.same(alone.fields, [])
  t.same(lossTexts(alone.losses), ['sampling: not_carried 1'])
})
