import { createTraceState } from '@opentelemetry/api'
import t from 'tap'
import { readOtMember } from '../../../bridge/opentelemetry/ot-member.ts'
import {
  isKept,
  randomnessOf,
  thresholdDigits,
  thresholdOf,
} from '../../../bridge/opentelemetry/probability-threshold.ts'
import { withThreshold } from '../../../bridge/propagation/ot-threshold.ts'
import { createRandom } from '../../../src/cli/generate/random.ts'

const twoTo56 = 1n << 56n

/** The specification's formula in whole numbers of any size. */
function expectedDigits(probability: number): string | undefined {
  const kept = BigInt(Math.round(probability * 2 ** 56))
  if (kept === 0n) return undefined
  const digits = (twoTo56 - kept).toString(16).padStart(14, '0')
  return digits.replace(/0+$/, '') || '0'
}

const digitsOf = (probability: number) => {
  const threshold = thresholdOf(probability)
  return threshold === undefined ? undefined : thresholdDigits(threshold)
}

for (const [probability, digits] of [
  [1, '0'],
  [0.5, '8'],
  [0.25, 'c'],
  [0.1, 'e6666666666666'],
  [2 ** -24, 'ffffff'],
  [2 ** -56, 'ffffffffffffff'],
  [2 ** -57, 'ffffffffffffff'],
  [2 ** -58, undefined],
  [0, undefined],
] as const) {
  t.test(`thresholdOf(${probability}) is written ${digits}`, async (t) => {
    t.equal(digitsOf(probability), digits)
  })
}

t.test('thresholdOf() of 1 % begins as the specification has it', async (t) => {
  t.match(digitsOf(0.01), /^fd70a/)
})

t.test('thresholdOf() is what whole numbers of any size give, for 20,000 shares', async (t) => {
  const random = createRandom(5)
  for (let at = 0; at < 20_000; at++) {
    const probability = random.next() ** (1 + (at % 8))
    if (digitsOf(probability) !== expectedDigits(probability)) t.fail(String(probability))
  }
})

t.test('isKept() compares all 56 bits', async (t) => {
  const id = (digits: string) => randomnessOf(`0123456789abcdef01${digits}`)
  const threshold = { high: 0x123456, low: 0x89abcdef }
  for (const [digits, kept] of [
    ['12345689abcdef', true],
    ['12345689abcdf0', true],
    ['12345700000000', true],
    ['12345689abcdee', false],
    ['123455ffffffff', false],
    ['00000000000000', false],
    ['ffffffffffffff', true],
  ] as const) {
    t.equal(isKept(id(digits), threshold), kept, digits)
  }
})

const unread = { threshold: undefined, randomness: undefined }
for (const [text, member] of [
  ['x=y', unread],
  ['ot=th:8', { ...unread, threshold: { high: 0x800000, low: 0 } }],
  [
    'ot=th:0;rv:0000000000000f',
    { threshold: { high: 0, low: 0 }, randomness: { high: 0, low: 15 } },
  ],
  ['ot=rv:fffffffffffff', unread],
  ['ot=rv:FFFFFFFFFFFFFF;th:g', unread],
  ['ot=th:123456789abcdef', unread],
  [`ot=th:8;${'a'.repeat(256)}:1`, unread],
] as const) {
  t.test(`readOtMember() of "${text.slice(0, 40)}"`, async (t) => {
    t.strictSame(readOtMember(createTraceState(text)), member)
  })
}

for (const [text, digits, result] of [
  ['', '8', 'ot=th:8'],
  ['x=y', '8', 'ot=th:8,x=y'],
  ['x=y,ot=th:c;rv:00000000000001;a:b', '8', 'ot=th:8;rv:00000000000001;a:b,x=y'],
  ['x=y,ot=th:c;rv:00000000000001', undefined, 'ot=rv:00000000000001,x=y'],
  ['x=y,ot=th:c', undefined, 'x=y'],
  ['', undefined, ''],
  [`ot=${'a'.repeat(250)}:b`, 'ffffffffffffff', ''],
] as const) {
  t.test(`withThreshold() of "${text.slice(0, 40)}" and ${digits}`, async (t) => {
    const state = text === '' ? undefined : createTraceState(text)
    t.equal(withThreshold(state, digits).serialize(), result)
  })
}
