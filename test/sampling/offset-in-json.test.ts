import t from 'tap'
import { offsetInJson } from '../../src/sampling/offset-in-json.ts'

const text = `{
  "a": [1, -2.5e3 , "x,]}\\"", {"b\\u0063": [[], {}, [true, null]]}],
  "empty": {}, "a2": "later",
  "twice": 1, "twice": {"in": 2}
}`

/** From the value at a path on. */
const from = (path: readonly (string | number)[]) =>
  text.slice(offsetInJson(Buffer.from(text), path))

const places: readonly (readonly [path: readonly (string | number)[], begins: string])[] = [
  [[], '{\n'],
  [['a'], '[1, -2'],
  [['a', 0], '1,'],
  [['a', 1], '-2.5e3'],
  [['a', 2], '"x,]}'],
  [['a', 3], '{"b'],
  [['a', 3, 'bc', 2, 1], 'null]'],
  [['a', 3, 'bc', 0], '[], '],
  [['a2'], '"later"'],
  [['twice', 'in'], '2}'],
]

for (const [path, begins] of places) {
  t.test(`offsetInJson() finds ${JSON.stringify(path)}`, async (t) => {
    t.equal(from(path).slice(0, begins.length), begins)
  })
}

t.test('offsetInJson() stays at the nearest value that is there', async (t) => {
  for (const [path, begins] of [
    [['a', 9], '[1, -2'],
    [['empty', 'x', 'y'], '{}, "a2"'],
    [['a2', 0], '"later"'],
    [['nothing'], '{\n'],
  ] as const) {
    t.equal(from(path).slice(0, begins.length), begins)
  }
})

t.test('offsetInJson() reads what is nested 100,000 deep', async (t) => {
  const deep = `{"deep": ${'['.repeat(100_000)}${']'.repeat(100_000)}, "next": 1}`
  t.equal(deep.slice(offsetInJson(Buffer.from(deep), ['next'])), '1}')
})
