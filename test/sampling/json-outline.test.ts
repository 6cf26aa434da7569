import type { Test } from 'tap'
import t from 'tap'
import { JsonError, outlineOf, parseAt } from '../../src/sampling/json-outline.ts'

/** What the outline's pieces hold, put together. @throws JsonError */
function parsed(text: string): unknown {
  const bytes = Buffer.from(text)
  const finding = outlineOf(bytes, 'list')
  let step = finding.next()
  while (step.done !== true) step = finding.next()
  const { members, items } = step.value
  return Object.fromEntries(
    [...members].map(([name, piece]) => {
      if (name !== 'list' || items === undefined) return [name, parseAt(bytes, piece)]
      return [name, items.map((item) => parseAt(bytes, item))]
    }),
  )
}

/** What `JSON.parse` takes for an object is one; all else is none. */
function agrees(t: Test, text: string): void {
  let expected: unknown
  try {
    expected = JSON.parse(text)
  } catch {
    t.throws(() => parsed(text), JsonError, text)
    return
  }
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) {
    t.throws(() => parsed(text), JsonError, text)
  } else t.strictSame(parsed(text), expected, text)
}

const good = [
  '{}',
  ' { } \n',
  '{"list": []}',
  '{"list":[ ] , "a":1}',
  '{"a": [1, {"list": [2]}], "list": [1, "x,]}\\"", {"b": [[], {}]}, null , -2.5e3]}',
  '{"list": [1], "list": [2, 3]}',
  '{"list": [1], "list": {"a": "b"}}',
  '{"list": 5, "list": [true]}',
  '{"l\\u0069st": [1, [2]], "Grüße €": "ä]", "__proto__": {"x": 1}}',
]

t.test('outlineOf() finds what JSON.parse() finds', async (t) => {
  for (const text of good) agrees(t, text)
})

t.test('outlineOf() takes nothing that JSON.parse() does not', async (t) => {
  const [text = ''] = [good[4]]
  for (let at = 0; at < text.length; at++) {
    agrees(t, text.slice(0, at))
    agrees(t, text.slice(0, at) + text.slice(at + 1))
    for (const letter of ['"', ',', ']', '}', '[', '{', ':', '\\', ' ', '1', 'x']) {
      agrees(t, text.slice(0, at) + letter + text.slice(at))
    }
  }
  for (const other of [
    '[]',
    '1',
    'null',
    '',
    '{"a": 1} {}',
    "{'a': 1}",
    '{"list": [1,]}',
    '{"list": [,]}',
  ]) {
    agrees(t, other)
  }
})
