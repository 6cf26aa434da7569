/** The examples of the README of openzipkin/b3-propagation, and what goes wrong in practice. */
import t from 'tap'
import { b3Multi } from '../../../bridge/propagation/b3-multi.ts'
import { b3Single } from '../../../bridge/propagation/b3-single.ts'
import { lossTexts, readHeaders } from './read-headers.ts'

const traceId = '80f198ee56343ba864fe8b2a57d3eff7'
const spanId = 'e457b5a2e4d86bd1'
const parentSpanId = '05e3ac9a4f6e3b90'
const span = { traceId, spanId }
const withParent = { ...span, parentSpanId }
const ids = `${traceId}-${spanId}`
const multiIds = { 'X-B3-TraceId': traceId, 'X-B3-SpanId': spanId }

const single: readonly (readonly [b3: string, expected: object])[] = [
  [`${ids}-1-${parentSpanId}`, { span: withParent, sampling: 'accepted' }],
  [`${ids}-1`, { span, sampling: 'accepted' }],
  [`${ids}-0`, { span, sampling: 'denied' }],
  [`${ids}-d`, { span, sampling: 'debug' }],
  [ids, { span, sampling: 'deferred' }],
  [`${ids}-${parentSpanId}`, { span: withParent, sampling: 'deferred' }],
  ['0', { sampling: 'denied' }],
  ['1', { sampling: 'accepted' }],
  ['d', { sampling: 'debug' }],
]

for (const [b3, expected] of single) {
  t.test(`b3Single reads and writes ${b3}`, async (t) => {
    const { propagated, losses } = readHeaders(b3Single, { b3 })
    t.same(propagated, { ...expected, baggage: [] })
    t.same(losses, [])
    t.same(b3Single.inject(propagated), { fields: [['b3', b3]], losses: [] })
    const multi = b3Multi.inject(propagated)
    t.same(multi.losses, [])
    t.same(readHeaders(b3Multi, multi.fields).propagated, propagated, 'b3Multi says the same')
  })
}

const badSingle: readonly (readonly [b3: string, losses: readonly string[]])[] = [
  ['', ['malformed']],
  ['-', ['malformed', 'malformed']],
  ['2', ['malformed']],
  ['true', ['malformed']],
  [`${ids}-2`, ['malformed']],
  [`${ids}-`, ['malformed']],
  [`${ids}-1-${parentSpanId}-0`, ['malformed']],
  [`${traceId}0-${spanId}-1`, ['malformed']],
  [`${traceId}-${spanId}0-1`, ['malformed']],
  [`${traceId}-${'0'.repeat(16)}-1`, ['zero_id']],
  [`${'0'.repeat(32)}-${spanId}-1`, ['zero_id']],
  [`${ids}-1-${parentSpanId}${'0'.repeat(1000)}`, ['malformed']],
]

for (const [b3, reasons] of badSingle) {
  t.test(`b3Single refuses ${b3.slice(0, 90) || 'nothing'}`, async (t) => {
    const { propagated, losses } = readHeaders(b3Single, { b3 })
    t.same(propagated, { sampling: 'deferred', baggage: [] })
    t.same(
      losses.flatMap(({ reason, count }) => Array.from({ length: count }, () => reason)),
      reasons,
    )
  })
}

const multi: readonly (readonly [why: string, headers: object, expected: object])[] = [
  ['accepted', { ...multiIds, 'X-B3-Sampled': '1' }, { span, sampling: 'accepted' }],
  ['denied', { ...multiIds, 'X-B3-Sampled': '0' }, { span, sampling: 'denied' }],
  ['true', { ...multiIds, 'X-B3-Sampled': 'true' }, { span, sampling: 'accepted' }],
  ['False', { ...multiIds, 'X-B3-Sampled': 'False' }, { span, sampling: 'denied' }],
  ['deferred', multiIds, { span, sampling: 'deferred' }],
  ['debug', { ...multiIds, 'X-B3-Flags': '1' }, { span, sampling: 'debug' }],
  ['debug wins', { 'x-b3-flags': '1', 'x-b3-sampled': '0' }, { sampling: 'debug' }],
  ['flags of 0', { ...multiIds, 'X-B3-Flags': '0' }, { span, sampling: 'deferred' }],
  ['a parent', { ...multiIds, 'X-B3-ParentSpanId': parentSpanId }, { span: withParent }],
  ['a decision alone', { 'X-B3-Sampled': '0' }, { sampling: 'denied' }],
  ['nothing', {}, { sampling: 'deferred' }],
]

for (const [why, headers, expected] of multi) {
  t.test(`b3Multi.extract() reads ${why}`, async (t) => {
    const { propagated, losses } = readHeaders(b3Multi, { ...headers })
    t.match(propagated, expected)
    t.same(losses, [])
  })
}

t.test('b3Multi.inject() writes debug without sampled', async (t) => {
  const { fields } = b3Multi.inject({ span: withParent, sampling: 'debug', baggage: [] })
  t.same(fields, [
    ['x-b3-traceid', traceId],
    ['x-b3-spanid', spanId],
    ['x-b3-parentspanid', parentSpanId],
    ['x-b3-flags', '1'],
  ])
})

const badMulti: readonly (readonly [why: string, headers: object, loss: string])[] = [
  ['a trace alone', { 'x-b3-traceid': traceId }, 'x-b3-traceid: incomplete 1'],
  ['a span alone', { 'x-b3-spanid': spanId }, 'x-b3-spanid: incomplete 1'],
  ['no decision', { ...multiIds, 'x-b3-sampled': 'yes' }, 'x-b3-sampled: malformed 1'],
  ['an empty decision', { ...multiIds, 'x-b3-sampled': '' }, 'x-b3-sampled: malformed 1'],
  ['zeros', { ...multiIds, 'X-B3-SpanId': '0' }, 'x-b3-spanid: zero_id 1'],
]

for (const [why, headers, loss] of badMulti) {
  t.test(`b3Multi.extract() refuses ${why}`, async (t) => {
    const { propagated, losses } = readHeaders(b3Multi, { ...headers })
    t.same(propagated, { sampling: 'deferred', baggage: [] })
    t.same(lossTexts(losses), [loss])
  })
}

t.test('b3Multi.extract() leaves a bad parent out and keeps the span', async (t) => {
  const headers = { ...multiIds, 'X-B3-ParentSpanId': '-' }
  const { propagated, losses } = readHeaders(b3Multi, headers)
  t.same(propagated.span, span)
  t.same(lossTexts(losses), ['x-b3-parentspanid: malformed 1'])
})

t.test('b3Single and b3Multi fill 64-bit and shortened ids, in either case', async (t) => {
  const expected = { traceId: `${'0'.repeat(16)}${spanId}`, spanId: '000000000000000a' }
  t.same(readHeaders(b3Single, { b3: `${spanId}-A-1` }).propagated.span, expected)
  const headers = { 'x-b3-traceid': spanId.toUpperCase(), 'x-b3-spanid': 'a' }
  t.same(readHeaders(b3Multi, headers).propagated.span, expected)
})

t.test('b3Single and b3Multi take the first of several headers', async (t) => {
  const one = readHeaders(b3Single, { b3: ['0', '1'] })
  t.equal(one.propagated.sampling, 'denied')
  t.same(lossTexts(one.losses), ['b3: duplicate 1'])
  const several = readHeaders(b3Multi, { 'x-b3-sampled': ['1', '0', '0'] })
  t.equal(several.propagated.sampling, 'accepted')
  t.same(lossTexts(several.losses), ['x-b3-sampled: duplicate 2'])
})
