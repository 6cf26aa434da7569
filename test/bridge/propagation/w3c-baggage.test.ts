/** The examples and rules of W3C Baggage, HTTP header format. */
import t from 'tap'
import type { BaggageEntry } from '../../../bridge/propagation/propagated.ts'
import { w3cBaggage } from '../../../bridge/propagation/w3c-baggage.ts'
import { lossTexts, readHeaders } from './read-headers.ts'

const node = { key: 'serverNode', value: 'DF 28' }
const production = { key: 'isProduction', value: 'false' }

const valid: readonly (readonly [why: string, baggage: string | string[], read: BaggageEntry[]])[] =
  [
    [
      'three entries',
      'userId=alice,serverNode=DF%2028,isProduction=false',
      [{ key: 'userId', value: 'alice' }, node, production],
    ],
    ['an accent', 'userId=Am%C3%A9lie', [{ key: 'userId', value: 'Amélie' }]],
    [
      'two headers',
      ['userId =   alice', 'serverNode = DF%2028, isProduction = false'],
      [{ key: 'userId', value: 'alice' }, node, production],
    ],
    [
      'properties',
      'key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=propertyValue',
      [
        { key: 'key1', value: 'value1', metadata: 'property1;property2' },
        { key: 'key2', value: 'value2' },
        { key: 'key3', value: 'value3', metadata: 'propertyKey=propertyValue' },
      ],
    ],
    ['equals signs in a value', 'a=b=c==', [{ key: 'a', value: 'b=c==' }]],
    ['an empty value', 'a=', [{ key: 'a', value: '' }]],
    ['empty members', ', a=1,\t,', [{ key: 'a', value: '1' }]],
    ['equal keys', 'a=1,a=2', [1, 2].map((value) => ({ key: 'a', value: `${value}` }))],
    ['a key of all characters', "!#$&'*+-.^_`|~=1", [{ key: "!#$&'*+-.^_`|~", value: '1' }]],
    ['an escaped key', 'a%20b=1', [{ key: 'a b', value: '1' }]],
    ['a percent sign alone', 'a=5%', [{ key: 'a', value: '5%' }]],
    ['a plus', 'a=1+1', [{ key: 'a', value: '1+1' }]],
  ]

for (const [why, baggage, read] of valid) {
  t.test(`w3cBaggage.extract() reads ${why}`, async (t) => {
    const { propagated, losses } = readHeaders(w3cBaggage, { baggage })
    t.same(propagated.baggage, read)
    t.same(losses, [])
    const { fields } = w3cBaggage.inject(propagated)
    t.same(readHeaders(w3cBaggage, fields).propagated.baggage, read, 'and writes it so')
  })
}

const invalid: readonly (readonly [why: string, baggage: string, loss: string])[] = [
  ['a member without equals sign', 'ok=1,a', 'malformed'],
  ['a member without key', 'ok=1,=a', 'malformed'],
  ['a space in a key', 'ok=1,a b=1', 'malformed'],
  ['a space in a value', 'ok=1,a=b c', 'malformed'],
  ['a quote in a value', 'ok=1,a="b"', 'malformed'],
  ['a backslash in a value', 'ok=1,a=\\', 'malformed'],
  ['a character that is not ASCII', 'ok=1,a=é', 'malformed'],
  ['a member of 4097 bytes', `ok=1,a=${'v'.repeat(4095)}`, 'limit_member_bytes'],
]

for (const [why, baggage, reason] of invalid) {
  t.test(`w3cBaggage.extract() leaves out ${why}, and only that`, async (t) => {
    const { propagated, losses } = readHeaders(w3cBaggage, { baggage })
    t.same(propagated.baggage, [{ key: 'ok', value: '1' }])
    t.same(lossTexts(losses), [`baggage: ${reason} 1`])
  })
}

t.test('w3cBaggage.extract() puts U+FFFD for what is no UTF-8 and tells it', async (t) => {
  const { propagated, losses } = readHeaders(w3cBaggage, { baggage: 'a=%ff,b=%EF%BF%BD' })
  t.same(
    propagated.baggage.map(({ value }) => value),
    ['\ufffd', '\ufffd'],
  )
  t.same(lossTexts(losses), ['baggage: not_utf8 1'])
})

t.test('w3cBaggage keeps to 180 members, 4096 bytes each and 8192 bytes, both ways', async (t) => {
  const entries = (count: number, length: number) =>
    Array.from({ length: count }, (_, at) => ({ key: `k${at}`, value: 'v'.repeat(length) }))
  const written = (count: number, length: number) =>
    entries(count, length)
      .map(({ key, value }) => `${key}=${value}`)
      .join()
  for (const [count, length, kept, reason] of [
    [180, 1, 180, ''],
    [181, 1, 180, 'limit_members'],
    [1, 4093, 1, ''],
    [1, 4094, 0, 'limit_member_bytes'],
    [2, 4092, 2, ''],
    [3, 4092, 2, 'limit_total_bytes'],
  ] as const) {
    const read = readHeaders(w3cBaggage, { baggage: written(count, length) })
    t.equal(read.propagated.baggage.length, kept)
    const losses = reason === '' ? [] : [`baggage: ${reason} ${count - kept}`]
    t.same(lossTexts(read.losses), losses)
    const injected = w3cBaggage.inject({ sampling: 'deferred', baggage: entries(count, length) })
    t.equal(injected.fields[0]?.[1] ?? '', written(kept, length))
    t.same(lossTexts(injected.losses), losses)
  }
})

t.test(
  'w3cBaggage.inject() escapes keys that are no token, and leaves out what it cannot say',
  async (t) => {
    const { fields, losses } = w3cBaggage.inject({
      sampling: 'deferred',
      baggage: [
        { key: 'a b%(c)', value: 'é,;"\\' },
        { key: '', value: '1' },
        { key: 'half', value: '\udc00' },
        { key: 'meta', value: '1', metadata: 'p,q' },
      ],
    })
    t.same(fields, [['baggage', 'a%20b%25%28c%29=%C3%A9%2C%3B%22%5C,half=%EF%BF%BD,meta=1']])
    t.same(lossTexts(losses).toSorted(), ['baggage: not_utf8 1', 'baggage: unwritable 2'])
  },
)
