import t from 'tap'
import xxhash from 'xxhash-wasm'
import { GroupField, groupSlice, spanBytes } from '../../../bridge/model/span-batch.ts'
import { spanIdentity } from '../../../bridge/model/span-identity.ts'
import { batchOfGroups } from '../../../bridge/otlp/encode-groups.ts'
import { selectSpans } from '../../../bridge/otlp/select-spans.ts'
import { sampleGroup, sampleResource, sampleSpan, textAttribute } from '../otlp/sample-span.ts'

const { h64Raw } = await xxhash()
const scope = { name: 's', version: '1', attributes: [], droppedAttributesCount: 0 }
const group = sampleGroup([sampleSpan(), sampleSpan({ name: 'other' })], {
  scope,
  resourceSchemaUrl: 'https://x.test/1',
  scopeSchemaUrl: 'https://x.test/2',
})
const { batch } = batchOfGroups([group], { arrivalUnixMs: 1 })

t.test('the library gives the XXH64 values that xxHash publishes', async (t) => {
  // xxHash 0.8.3, cli/xsum_sanity_check.c: the sanity buffer, seed 0.
  const buffer = new Uint8Array(222)
  let state = 2_654_435_761n
  for (let at = 0; at < buffer.length; at++) {
    buffer[at] = Number(state >> 56n)
    state = BigInt.asUintN(64, state * 11_400_714_785_074_694_797n)
  }
  t.equal(h64Raw(buffer.subarray(0, 0), 0n), 0xef46db3751d8e999n)
  t.equal(h64Raw(buffer.subarray(0, 1), 0n), 0xe934a84adb052768n)
  t.equal(h64Raw(buffer.subarray(0, 14), 0n), 0x8282dcc4994e35c8n)
  t.equal(h64Raw(buffer, 0n), 0xb641ae8cb691c174n)
})

t.test('spanIdentity() hashes five parts, each behind its length', async (t) => {
  const parts = [
    groupSlice(batch, 0, GroupField.resourceSchemaUrl),
    groupSlice(batch, 0, GroupField.resource),
    groupSlice(batch, 0, GroupField.scopeSchemaUrl),
    groupSlice(batch, 0, GroupField.scope),
    spanBytes(batch, 0),
  ].flatMap((part) => {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(part.length)
    return [length, part]
  })
  t.equal(spanIdentity(batch, 0), h64Raw(Buffer.concat(parts), 0n))
})

t.test('spanIdentity() never changes', async (t) => {
  // It is part of stored keys: a new value here means that stored spans are not recognised.
  t.equal(spanIdentity(batch, 0).toString(16), '170b74b3c79717a9')
})

t.test('spanIdentity() differs by content and not by the batch', async (t) => {
  t.not(spanIdentity(batch, 0), spanIdentity(batch, 1))
  t.equal(spanIdentity(selectSpans(batch, [1]), 0), spanIdentity(batch, 1))
  const others = [
    { ...group, scopeSchemaUrl: '' },
    { ...group, resource: sampleResource('other') },
    { ...group, scope: undefined },
  ]
  for (const other of others) {
    const changed = batchOfGroups([other], { arrivalUnixMs: 2 }).batch
    t.not(spanIdentity(changed, 0), spanIdentity(batch, 0))
  }
})

t.test('spanIdentity() takes spans of any length', async (t) => {
  const attributes = [textAttribute('large', 'x'.repeat(100_000))]
  const large = batchOfGroups([sampleGroup([sampleSpan({ attributes })])], { arrivalUnixMs: 1 })
  t.equal(typeof spanIdentity(large.batch, 0), 'bigint')
})
