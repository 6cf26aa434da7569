import t from 'tap'
import { doubleText } from '../../bridge/model/double-text.ts'
import { textForm } from '../../src/search/text-form.ts'

// The right column is what Go's strconv.FormatFloat(value, 'g', 10, 64) prints.
const doubles: readonly (readonly [value: number, text: string])[] = [
  [0, '0'],
  [-0, '-0'],
  [1, '1'],
  [-1, '-1'],
  [500, '500'],
  [72.5, '72.5'],
  [0.1, '0.1'],
  [0.1 + 0.2, '0.3'],
  [1 / 3, '0.3333333333'],
  [2 / 3, '0.6666666667'],
  [100, '100'],
  [1e9, '1000000000'],
  [9_999_999_999, '9999999999'],
  [9_999_999_999.9, '1e+10'],
  [1e10, '1e+10'],
  [12_345_678_901, '1.23456789e+10'],
  [1e21, '1e+21'],
  [1e100, '1e+100'],
  [0.0001, '0.0001'],
  [0.000_099_999, '9.9999e-05'],
  [0.000_01, '1e-05'],
  [1e-300, '1e-300'],
  [5e-324, '4.940656458e-324'],
  [Number.MAX_VALUE, '1.797693135e+308'],
  // Exact halves go to the even digit.
  [1_234_567_890.5, '1234567890'],
  [1_234_567_891.5, '1234567892'],
  [1_000_000_000.5, '1000000000'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
]

for (const [value, text] of doubles) {
  t.test(`doubleText() writes ${value} as ${text}`, async (t) => {
    t.equal(doubleText(value), text)
  })
}

t.test('textForm() writes every kind of attribute, and no time', async (t) => {
  t.equal(textForm({ kind: 'string', value: 'a b' }), 'a b')
  t.equal(textForm({ kind: 'bool', value: false }), 'false')
  t.equal(textForm({ kind: 'int', value: -(2n ** 63n) }), '-9223372036854775808')
  t.equal(textForm({ kind: 'bytes', value: new Uint8Array([0, 1, 255]) }), '0001ff')
  t.equal(textForm({ kind: 'empty' }), '')
  t.equal(textForm({ kind: 'durationMicros', value: 5 }), undefined)
  t.equal(textForm({ kind: 'timeUnixNano', value: 5n }), undefined)
})
