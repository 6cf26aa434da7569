import t from 'tap'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { ByteWindow } from '../../../src/cli/convert/byte-window.ts'
import { JsonSplitter } from '../../../src/cli/convert/split-json.ts'
import { ProtobufSplitter } from '../../../src/cli/convert/split-protobuf.ts'
import type { Splitter } from '../../../src/cli/convert/splitter.ts'

/** The bytes in pieces of this length. */
function windowOf(bytes: Uint8Array, pieceLength: number): ByteWindow {
  return new ByteWindow(
    (async function* () {
      for (let at = 0; at < bytes.length; at += pieceLength) {
        yield bytes.subarray(at, at + pieceLength)
      }
    })(),
  )
}

interface Found {
  /** Text or hex of each part, with its offset where it is not the place of the first equal text. */
  readonly parts: string[]
  readonly documents: number
  readonly errors: string[]
}

/** All parts; goes on after errors as long as the splitter does. */
async function splitAll(
  bytes: Uint8Array,
  splitter: Splitter,
  show: (bytes: Uint8Array) => string,
): Promise<Found> {
  const parts: string[] = []
  const errors: string[] = []
  for (;;) {
    try {
      const part = await splitter.next()
      if (part === undefined) break
      const { offset } = part
      const there = Buffer.from(bytes.subarray(offset, offset + part.bytes.length))
      if (!there.equals(part.bytes)) throw new Error(`part ${show(part.bytes)} is not at ${offset}`)
      parts.push(
        part.element === undefined ? show(part.bytes) : `${part.element}:${show(part.bytes)}`,
      )
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      errors.push(error.message)
      if (!(await splitter.recover(error))) break
    }
  }
  return { parts, documents: splitter.documents, errors }
}

const texts: readonly [name: string, json: string, parts: readonly string[], documents: number][] =
  [
    ['nothing', ' \n', [], 0],
    ['a document with a list', '{"list":[{"a":1},{"b":[2]}]}', ['0:{"a":1}', '1:{"b":[2]}'], 1],
    ['members around the list', '{"x":{"list":[9]},"list":[{}],"y":[1,"]"]}', ['0:{}'], 1],
    ['two lists of a document', '{"list":[1,2],"list":[3]}', ['0:1', '1:2', '2:3'], 1],
    ['a document without a list', '{"a":[{"list":[1]}]}', ['{"a":[{"list":[1]}]}'], 1],
    ['a list that is none', '{"list":null}', ['{"list":null}'], 1],
    ['an empty list', '{"list":[]}', [], 1],
    ['an empty document', '{}', ['{}'], 1],
    ['documents on lines', '{"list":[1]}\n{"list":[2]}\r\n{"a":0}\n', ['0:1', '0:2', '{"a":0}'], 3],
    ['documents one behind the other', '{"a":1}{"b":2}', ['{"a":1}', '{"b":2}'], 2],
    ['a list of documents', ' [ {"a":1} , {"list":[1]} ] ', ['{"a":1}', '0:1'], 2],
    [
      'brackets and quotes in strings',
      '{"list":["]}\\"[",{"a":"\\\\"}]}',
      ['0:"]}\\"["', '1:{"a":"\\\\"}'],
      1,
    ],
  ]
for (const [name, json, parts, documents] of texts) {
  t.test(`JsonSplitter takes apart ${name}, in pieces of any length`, async (t) => {
    const bytes = Buffer.from(json)
    for (const pieceLength of [1, 2, 3, 7, 1000]) {
      const splitter = new JsonSplitter(windowOf(bytes, pieceLength), 'list', 1000)
      const found = await splitAll(bytes, splitter, (part) => Buffer.from(part).toString())
      t.same(found, { parts, documents, errors: [] }, `pieces of ${pieceLength}`)
    }
  })
}

const brokenTexts: readonly [string, string, readonly string[], RegExp][] = [
  ['no document', '5', [], /an object is expected at byte 0/],
  [
    'a missing comma',
    '{"list":[1 2]}\n{"list":[3]}',
    ['0:1', '0:3'],
    /"," or "]" is expected at byte 11/,
  ],
  ['a missing colon', '{"list" [1]}\n{"list":[3]}', ['0:3'], /":" is expected at byte 8/],
  ['a member without value', '{"a":}\n{"a":1}', ['{"a":1}'], /a value is expected at byte 5/],
  [
    'a document that ends too early',
    '{"list":[{"a":1',
    [],
    /ends where the end of a value is expected at byte 15/,
  ],
  [
    'an element that is too long',
    `{"list":["${'x'.repeat(90)}"]}\n{"a":1}`,
    ['{"a":1}'],
    /over 40 bytes \(--max-part-size\) at byte 9/,
  ],
]
for (const [name, json, parts, message] of brokenTexts) {
  t.test(`JsonSplitter says where ${name} is, and goes on with the next line`, async (t) => {
    const bytes = Buffer.from(json)
    for (const pieceLength of [1, 5, 1000]) {
      const splitter = new JsonSplitter(windowOf(bytes, pieceLength), 'list', 40)
      const found = await splitAll(bytes, splitter, (part) => Buffer.from(part).toString())
      t.same(found.parts, parts)
      t.match(found.errors, [message])
    }
  })
}

t.test('JsonSplitter finds the next line again when a part has swallowed it', async (t) => {
  const bytes = Buffer.from('{"list":[{"a":[1}]}\n{"list":[2]}\n{"list":[3]}\n')
  const splitter = new JsonSplitter(windowOf(bytes, 4), 'list', 1000)
  const part = await splitter.next()
  t.match(Buffer.from(part?.bytes ?? []).toString(), /^\{"a":\[1\}/)
  t.equal(await splitter.recover(new WireError('bad_json', 'no JSON', 0)), true)
  const rest = await splitAll(bytes, splitter, (found) => Buffer.from(found).toString())
  t.same(rest.parts, ['0:2', '0:3'])
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const messages: readonly [string, string, readonly string[], number][] = [
  ['nothing', '', [], 0],
  ['one message', '0a02aabb0a00', ['0:0a02aabb', '1:0a00'], 1],
  ['other fields between', '0a01aa1005 1202bbbb 1d01020304 0a01cc', ['0:0a01aa', '1:0a01cc'], 1],
  [
    'a length of 4 bytes before each',
    '00000003 0a01aa 00000000 00000006 0a01bb0a01cc',
    ['0:0a01aa', '0:0a01bb', '1:0a01cc'],
    3,
  ],
  [
    'a varint before each',
    '09 0a07aaaaaaaaaaaaaa 8400 0a02bbcc',
    ['0:0a07aaaaaaaaaaaaaa', '0:0a02bbcc'],
    2,
  ],
]
for (const [name, text, parts, documents] of messages) {
  t.test(`ProtobufSplitter takes apart ${name}, in pieces of any length`, async (t) => {
    const bytes = Buffer.from(text.replaceAll(' ', ''), 'hex')
    for (const pieceLength of [1, 2, 3, 1000]) {
      const splitter = new ProtobufSplitter(windowOf(bytes, pieceLength), 1000)
      const found = await splitAll(bytes, splitter, hex)
      t.same(found, { parts, documents, errors: [] })
    }
  })
}

const brokenMessages: readonly [string, string, readonly string[], RegExp][] = [
  ['a message that ends too early', '0a01aa0a05bb', ['0:0a01aa'], /ends within field 1 at byte 3/],
  [
    'a part that is too long',
    `0a32${'aa'.repeat(50)}`,
    [],
    /field 1 has 50 bytes, at most 40 \(--max-part-size\) at byte 0/,
  ],
  [
    'a field over the end of its message',
    '00000003 0a05aa 00000003 0a01bb',
    ['0:0a01bb'],
    /field 1 has 5 bytes, which is over the end of its message at byte 4/,
  ],
  [
    'a tag of field 0 within a message',
    '00000004 0a01aa05 00000003 0a01bb',
    ['0:0a01aa', '0:0a01bb'],
    /its number is 0 at byte 7/,
  ],
  [
    'a length that ends too early',
    '00000003 0a01aa 0000',
    ['0:0a01aa'],
    /ends within a length at byte 7/,
  ],
]
for (const [name, text, parts, message] of brokenMessages) {
  t.test(`ProtobufSplitter says where ${name} is, and goes on behind it if it can`, async (t) => {
    const bytes = Buffer.from(text.replaceAll(' ', ''), 'hex')
    for (const pieceLength of [1, 1000]) {
      const found = await splitAll(
        bytes,
        new ProtobufSplitter(windowOf(bytes, pieceLength), 40),
        hex,
      )
      t.same(found.parts, parts)
      t.match(found.errors, [message])
    }
  })
}
