import t from 'tap'
import type { KeyValue } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { nameBytes, spanCount } from '../../../bridge/model/span-batch.ts'
import {
  attributeKeyHash,
  attributeValueHashes,
  TermLevel,
  textHash,
} from '../../../bridge/model/term-hash.ts'
import { resourceOf, scopeOf, spanOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { encodeGroups } from '../../../bridge/otlp/encode-groups.ts'
import { groupTerms, termsOf } from '../../../bridge/otlp/index-spans.ts'
import { TermList } from '../../../bridge/otlp/term-list.ts'
import { textForm } from '../../../src/search/text-form.ts'
import { someScalar } from '../../../src/search/value.ts'
import { Chance, randomGroups } from '../../conformance/generate.ts'
import { sampleGroup, sampleSpan } from '../../conformance/sample.ts'

/** What decoded attributes must be found by, worked out from objects. */
function expected(
  level: number,
  attributes: readonly KeyValue[],
): { keys: number[]; values: number[] } {
  const values: number[] = []
  for (const { key, value } of attributes) {
    someScalar(value, (scalar) => {
      values.push(...attributeValueHashes([level], key, [textForm(scalar) ?? '']))
      return false
    })
  }
  return { keys: attributes.map(({ key }) => attributeKeyHash(level, key)), values }
}

function spanTermsOf(batch: SpanBatch, span: number): { keys: number[]; values: number[] } {
  const { keys, values, starts } = termsOf(batch)
  const cut = (list: Uint32Array, at: number): number[] =>
    Array.from(list.subarray(starts[span * 2 + at], starts[span * 2 + 2 + at]))
  return { keys: cut(keys, 0), values: cut(values, 1) }
}

t.test('decodeRequest() notes the terms of every attribute', async (t) => {
  const chance = new Chance(20261125)
  const groups = randomGroups({ chance, arrivalUnixMs: Date.now(), traces: 50 }, 400)
  const { batch } = decodeRequest(encodeGroups(groups), { arrivalUnixMs: 1, withTerms: true })
  t.equal(spanCount(batch), 400)
  t.equal(batch.terms?.names.length, 400)
  for (let span = 0; span < spanCount(batch); span++) {
    const { attributes, events, links } = spanOf(batch, span)
    const parts = [
      expected(TermLevel.span, attributes),
      ...events.map((event) => expected(TermLevel.event, event.attributes)),
      ...links.map((link) => expected(TermLevel.link, link.attributes)),
    ]
    const found = spanTermsOf(batch, span)
    t.same(found.keys.sort(), parts.flatMap(({ keys }) => keys).sort(), `keys of span ${span}`)
    t.same(found.values.sort(), parts.flatMap(({ values }) => values).sort())
    const name = nameBytes(batch, span)
    t.equal(batch.terms?.names[span], textHash(TermLevel.name, name, 0, name.length))
  }
})

t.test('groupTerms() gives those of resource and scope', async (t) => {
  const group = sampleGroup([sampleSpan({ trace: 1, id: 1 })], {
    resource: { host: 'a', cores: 8n, tags: ['x', 0.5] },
    scope: { attributes: { short: true } },
  })
  const { batch } = decodeRequest(encodeGroups([group]), { arrivalUnixMs: 1 })
  const resource = expected(TermLevel.resource, resourceOf(batch, 0)?.attributes ?? [])
  const scope = expected(TermLevel.scope, scopeOf(batch, 0)?.attributes ?? [])
  const terms = groupTerms(batch, 0)
  t.same([...terms.keys.subarray(0, terms.keyCount)], [...resource.keys, ...scope.keys])
  t.same([...terms.values.subarray(0, terms.valueCount)], [...resource.values, ...scope.values])
})

t.test('termsOf() gives the same as decoding with terms', async (t) => {
  const chance = new Chance(7)
  const bytes = encodeGroups(randomGroups({ chance, arrivalUnixMs: Date.now(), traces: 5 }, 50))
  const { batch } = decodeRequest(bytes, { arrivalUnixMs: 1 })
  t.equal(batch.terms, undefined)
  t.same(termsOf(batch), decodeRequest(bytes, { arrivalUnixMs: 1, withTerms: true }).batch.terms)
})

t.test(
  'a key behind its value, and padded lengths, give the terms of the usual encoding',
  async (t) => {
    const key = Buffer.from('key')
    const value = Buffer.from('value')
    const text = Buffer.from([0x0a, value.length, ...value])
    const encodings = [
      [0x0a, 3, ...key, 0x12, text.length, ...text],
      [0x12, text.length, ...text, 0x0a, 3, ...key],
      [0x0a, 0x83, 0x00, ...key, 0x12, text.length, ...text],
      [0x0a, 1, 0x78, 0x12, text.length, ...text, 0x0a, 3, ...key],
    ]
    for (const encoding of encodings) {
      const span = [
        ...[0x0a, 16, ...Array(16).fill(1), 0x12, 8, ...Array(8).fill(2), 0x2a, 1, 0x6e],
        ...[0x4a, encoding.length, ...encoding],
      ]
      const scope = [0x12, span.length, ...span]
      const resource = [0x12, scope.length, ...scope]
      const { batch } = decodeRequest(Buffer.from([0x0a, resource.length, ...resource]), {
        arrivalUnixMs: 1,
        withTerms: true,
      })
      t.same(spanTermsOf(batch, 0), {
        keys: [attributeKeyHash(TermLevel.span, 'key')],
        values: attributeValueHashes([TermLevel.span], 'key', ['value']),
      })
    }
  },
)

t.test('spans that are refused or repaired leave no terms of their first bytes', async (t) => {
  const good = sampleSpan({ trace: 1, id: 1, attributes: { a: 'x' } })
  const unnamed = { ...sampleSpan({ trace: 1, id: 2, attributes: { b: 'y' } }), name: '' }
  const bad = sampleSpan({ trace: new Uint8Array(16), id: 3, attributes: { c: 'z' } })
  const { batch, rejected } = decodeRequest(
    encodeGroups([sampleGroup([bad, unnamed, bad, good])]),
    {
      arrivalUnixMs: 1,
      withTerms: true,
    },
  )
  t.equal(rejected.length, 2)
  t.same(batch.terms?.keys.length, 2)
  t.same(spanTermsOf(batch, 1).values, attributeValueHashes([TermLevel.span], 'a', ['x']))
})

t.test('TermList hashes numbers by their text form', async (t) => {
  const numbers = [
    0,
    -0,
    1,
    -1,
    42,
    0.5,
    -0.25,
    0.1,
    1 / 3,
    72.5,
    9999.999999,
    12345.5,
    1e9,
    1e10,
    9_999_999_999,
    1e21,
    1e-4,
    0.00012,
    1e-5,
    123456.789,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    0.000001,
    100.000001,
  ]
  const chance = new Chance(3)
  for (let round = 0; round < 2000; round++) {
    numbers.push(Number((chance.next() * 10 ** chance.below(8)).toFixed(chance.below(9))))
  }
  for (const number of numbers) {
    const terms = new TermList()
    terms.addDouble(1, number)
    terms.addText(1, textForm({ kind: 'double', value: number }) ?? '')
    if (terms.values[0] !== terms.values[1]) t.fail(`${number}`)
  }
  t.pass('all are alike')
})
