import t from 'tap'
import { jsonText } from '../../../bridge/model/json-text.ts'
import type { AnyValue } from '../../../bridge/model/span.ts'

const rows: readonly (readonly [value: AnyValue, text: string])[] = [
  [{ kind: 'array', value: [] }, '[]'],
  [{ kind: 'kvlist', value: [] }, '{}'],
  [{ kind: 'array', value: [{ kind: 'empty' }] }, '[null]'],
  [{ kind: 'array', value: [{ kind: 'int', value: 2n ** 63n - 1n }] }, '[9223372036854775807]'],
  [{ kind: 'array', value: [{ kind: 'double', value: -0 }] }, '[-0]'],
  [{ kind: 'array', value: [{ kind: 'double', value: Number.NaN }] }, '["NaN"]'],
  [{ kind: 'array', value: [{ kind: 'bytes', value: Uint8Array.of(1, 2) }] }, '["AQI="]'],
  [{ kind: 'array', value: [{ kind: 'string', value: '<&>"\u2028' }] }, '["<&>\\"\\u2028"]'],
  [
    {
      kind: 'kvlist',
      value: [
        { key: 'b', value: { kind: 'bool', value: true } },
        { key: 'a', value: undefined },
        { key: 'b', value: { kind: 'bool', value: false } },
      ],
    },
    '{"a":null,"b":false}',
  ],
]
for (const [value, text] of rows) {
  t.test(`jsonText() writes ${text}`, async (t) => {
    t.equal(jsonText(value), text)
  })
}
