import t from 'tap'
import type { SpanLink } from '../../../bridge/model/span.ts'
import { encodeSpan } from '../../../bridge/otlp/encode-span.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import { mayNeedAdjusting, Trait, traitsOf } from '../../../src/query/adjust/span-traits.ts'
import { sampleSpan } from '../../conformance/sample.ts'

type Sample = Parameters<typeof sampleSpan>[0]

function traits(sample: Partial<Sample>): number {
  const body = encodeSpan(sampleSpan({ trace: 1, id: 1, ...sample }))
  return traitsOf(body, 0, body.length)
}

function written(write: (writer: WireWriter) => void): number {
  const writer = new WireWriter()
  write(writer)
  const body = writer.finish()
  return traitsOf(body, 0, body.length)
}

const link: SpanLink = {
  traceId: new Uint8Array(16).fill(1),
  spanId: new Uint8Array(8).fill(1),
  traceState: '',
  attributes: [],
  droppedAttributesCount: 0,
  flags: 0,
}

t.test('traitsOf() finds the keys that are adjusted, and no others', async (t) => {
  for (const key of ['ip', 'peer.ipv4', 'telemetry.sdk.name', 'telemetry.distro.version']) {
    t.equal(traits({ attributes: { other: 1n, [key]: 'x' } }), Trait.adjustedKey, key)
  }
  const others = { id: 'ip', 'my.ip': 1n, 'telemetry.sdk.nam': 'x', [`ip${'x'.repeat(200)}`]: 'x' }
  t.equal(traits({ attributes: { ...others, list: ['ip'], empty: undefined } }), 0)
  const event = { timeUnixNano: 1n, name: 'ip', attributes: [], droppedAttributesCount: 0 }
  t.equal(traits({ kind: 3, traceState: 'ip=1', flags: 1, events: [event] }), 0)
})

t.test('traitsOf() tells links from those without a trace', async (t) => {
  t.equal(traits({ links: [link] }), Trait.links)
  t.equal(mayNeedAdjusting(Trait.links), false)
  for (const traceId of [new Uint8Array(16), new Uint8Array(), new Uint8Array(3).fill(1)]) {
    const found = traits({ links: [link, { ...link, traceId }] })
    t.equal(found, Trait.links | Trait.badLink)
    t.equal(mayNeedAdjusting(found), true)
  }
})

t.test(
  'traitsOf() takes what is encoded in odd ways for one that may need adjusting',
  async (t) => {
    const odd = {
      'a value before its key': (writer: WireWriter) =>
        writer.message(9, () => {
          writer.message(2, () => writer.string(1, 'x'))
          writer.string(1, 'ip')
        }),
      'a key that comes twice': (writer: WireWriter) =>
        writer.message(9, () => {
          writer.string(1, 'other')
          writer.message(2, () => writer.string(1, 'x'))
          writer.string(1, 'ip')
        }),
      'a padded length': (writer: WireWriter) =>
        writer.raw(
          Uint8Array.of(0x4a, 0x89, 0x00, 0x0a, 0x02, 0x69, 0x70, 0x12, 0x03, 0x0a, 0x01, 0x76),
        ),
      'a padded tag': (writer: WireWriter) =>
        writer.raw(
          Uint8Array.of(0xca, 0x00, 0x09, 0x0a, 0x02, 0x69, 0x70, 0x12, 0x03, 0x0a, 0x01, 0x76),
        ),
    }
    for (const [name, write] of Object.entries(odd)) {
      t.equal(mayNeedAdjusting(written(write)), true, name)
    }
    const unknown = written((writer) => {
      writer.string(77, 'unknown')
      writer.fixed64(78, 1n)
      writer.raw(Uint8Array.of(0x85, 0x01, 1, 0, 0, 0))
      writer.uint32(10, 300)
    })
    t.equal(unknown, 0, 'fields that are not known are walked over')
  },
)
