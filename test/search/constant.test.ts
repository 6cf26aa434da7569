import t from 'tap'
import { numberOfText } from '../../src/search/constant.ts'

const numbers: Readonly<Record<string, number | bigint | undefined>> = {
  '7': 7n,
  '+7': 7n,
  '-9007199254740993': -9007199254740993n,
  '7.': 7,
  '.5': 0.5,
  '-1.5e3': -1500,
  '1e400': Number.POSITIVE_INFINITY,
  '': undefined,
  '.': undefined,
  '1.2.3': undefined,
  '0x10': undefined,
}

for (const [text, number] of Object.entries(numbers)) {
  t.test(`numberOfText() reads ${JSON.stringify(text)} as ${number}`, async (t) => {
    t.equal(numberOfText(text), number)
  })
}

t.test('numberOfText() takes little time for a text of a million digits', async (t) => {
  const digits = '1'.repeat(1_000_000)
  const before = process.cpuUsage()
  t.equal(numberOfText(digits), Number.POSITIVE_INFINITY)
  t.equal(numberOfText(`-${digits}`), Number.NEGATIVE_INFINITY)
  t.equal(numberOfText(`${digits}x`), undefined)
  const { user, system } = process.cpuUsage(before)
  t.ok(user + system < 1_000_000, `${(user + system) / 1000} ms`)
})
