import cassandra from 'cassandra-driver'
import t from 'tap'
import { CqlWriter, unset } from '../../../../src/stores/cassandra/cql-bytes.ts'
import {
  logsValue,
  processValue,
  referencesValue,
  tagsValue,
} from '../../../../src/stores/cassandra/jaeger/row-values.ts'
import type { KeyValueRow } from '../../../../src/stores/cassandra/jaeger/rows.ts'

const { dataTypes } = cassandra.types
type Type = { readonly code: number; readonly info?: unknown }

/** As the driver decodes what a server sends: it is not told of what wrote the bytes. */
const decoder = new (
  cassandra as unknown as {
    Encoder: new (
      version: number,
      options: object,
    ) => { decode(bytes: Buffer, type: Type): unknown }
  }
).Encoder(4, { encoding: { useBigIntAsLong: true } })

const text = { code: dataTypes.text }
const bigint = { code: dataTypes.bigint }
const blob = { code: dataTypes.blob }
const listOf = (info: Type): Type => ({ code: dataTypes.list, info })
const udt = (fields: Readonly<Record<string, Type>>): Type => ({
  code: dataTypes.udt,
  info: { fields: Object.entries(fields).map(([name, type]) => ({ name, type })) },
})
const keyValue = udt({
  key: text,
  value_type: text,
  value_string: text,
  value_bool: { code: dataTypes.boolean },
  value_long: bigint,
  value_double: { code: dataTypes.double },
  value_binary: blob,
})

const none = {
  value_string: null,
  value_bool: null,
  value_long: null,
  value_double: null,
  value_binary: null,
}
const values: readonly Partial<KeyValueRow>[] = [
  { value_type: 'string', value_string: 'grün €' },
  { value_type: 'string', value_string: '' },
  { value_type: 'bool', value_bool: true },
  { value_type: 'bool', value_bool: false },
  { value_type: 'int64', value_long: -(2n ** 63n) },
  { value_type: 'int64', value_long: 0n },
  { value_type: 'float64', value_double: -0.5 },
  { value_type: 'binary', value_binary: Buffer.from([0, 255]) },
  { value_type: 'string', value_string: 'x'.repeat(3 * 1024 * 1024) },
]
const tags = values.map((value, at) => ({ key: `k${at}`, ...none, ...value })) as KeyValueRow[]

/** Objects of the driver have prototypes of their own. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
}

function decoded(value: unknown, type: Type): unknown {
  return plain(decoder.decode(value as Buffer, type))
}

t.test('tagsValue() has every type of value', async (t) => {
  t.same(decoded(tagsValue(tags), listOf(keyValue)), tags)
  t.same(
    decoded(tagsValue(tags.slice(0, 1)), listOf(keyValue)),
    tags.slice(0, 1),
    'after a long one',
  )
})

t.test('logsValue() and referencesValue()', async (t) => {
  const log = udt({ ts: bigint, fields: listOf(keyValue) })
  const logs = [
    { ts: 5n, fields: tags.slice(0, 3) },
    { ts: 6n, fields: [] },
  ]
  t.same(decoded(logsValue(logs), listOf(log)), [logs[0], { ts: 6n, fields: null }])
  const reference = udt({ ref_type: text, trace_id: blob, span_id: bigint })
  const references = [{ ref_type: 'child-of', trace_id: Buffer.alloc(16, 7), span_id: -1n }]
  t.same(decoded(referencesValue(references), listOf(reference)), references)
})

t.test('an empty list is left out, not set to null', async (t) => {
  for (const value of [tagsValue([]), logsValue([]), referencesValue([])]) t.equal(value, unset)
})

t.test('processValue() is made once for a process', async (t) => {
  const type = udt({ service_name: text, tags: listOf(keyValue) })
  const process = { service_name: 'shop', tags: tags.slice(0, 2) }
  t.same(decoded(processValue(process), type), process)
  t.equal(processValue(process), processValue(process))
  t.same(decoded(processValue({ service_name: '', tags: [] }), type), {
    service_name: '',
    tags: null,
  })
})

t.test('CqlWriter writes a value anew after one that failed', async (t) => {
  const writer = new CqlWriter()
  t.throws(() =>
    writer.value(() => {
      writer.text('half')
      throw new Error('no more')
    }),
  )
  const bytes = writer.value(() => {
    writer.count(2)
    writer.nested(() => writer.bigint(1n))
    writer.text(null)
  })
  t.equal(bytes.toString('hex'), '000000020000000c000000080000000000000001ffffffff')
})
