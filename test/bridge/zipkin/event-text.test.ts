import t from 'tap'
import type { AnyValue, KeyValue, SpanEvent, SpanGroup } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { lostInZipkin } from '../../../bridge/zipkin/count-losses.ts'
import { decodeZipkinJson } from '../../../bridge/zipkin/decode-json.ts'
import { zipkinSpansOf } from '../../../bridge/zipkin/encode-json.ts'
import type { ZipkinSpan } from '../../../bridge/zipkin/zipkin-span.ts'
import { text } from '../round-trip/change-span.ts'
import { groupWith, linkTo, plainStartUnixNano } from '../round-trip/plain-group.ts'

const traceId = new Uint8Array(16).fill(1)
const spanId = new Uint8Array(8).fill(2)

function eventWith(name: string, attributes: readonly KeyValue[] = []): SpanEvent {
  return { timeUnixNano: plainStartUnixNano, name, attributes, droppedAttributesCount: 0 }
}

function read(spans: readonly ZipkinSpan[]): SpanGroup | undefined {
  const { batch } = decodeZipkinJson(Buffer.from(JSON.stringify(spans)), { arrivalUnixMs: 0 })
  return groupsOf(batch)[0]
}

const names: readonly (readonly [name: string, attributes: readonly KeyValue[]])[] = [
  ['a|b', [text('k', 'v')]],
  ['a|{}|0', []],
  ['a|{}|0|{}|0', []],
  ['a|{"k":"', [text('k', '|{"'), text('l', '}|0')]],
  ['a|{"k":"', []],
  ['a|{', [text('k', 'v')]],
  ['|{}|', [text('k', 'v')]],
  ['a\\|{"\\', [text('\\', '"')]],
  ['', [text('k', 'v')]],
  ['equal keys', [text('k', 'b'), text('k', 'a')]],
]
for (const [name, attributes] of names) {
  t.test(`an event comes back from Zipkin with its name: ${JSON.stringify(name)}`, async (t) => {
    const group = groupWith({ events: [eventWith(name, attributes)] })
    t.same([...lostInZipkin([group])], [])
    t.same(read(zipkinSpansOf([group]))?.spans[0]?.events, group.spans[0]?.events)
  })
}

const states = ['x=a|b', 'x=a|{}', 'x=|{"a":"', 'x=a|{}|0', 'x=|', '']
for (const traceState of states) {
  t.test(`a link comes back from Zipkin with its trace state: ${traceState}`, async (t) => {
    for (const attributes of [[], [text('k', '|{'), text('k', 'twice')]]) {
      const group = groupWith({ links: [{ ...linkTo(traceId, spanId, attributes), traceState }] })
      t.same([...lostInZipkin([group])], [])
      const [link] = read(zipkinSpansOf([group]))?.spans[0]?.links ?? []
      t.same(
        { ...link, traceId: undefined, spanId: undefined },
        {
          ...group.spans[0]?.links[0],
          traceId: undefined,
          spanId: undefined,
        },
      )
    }
  })
}

t.test('zipkinSpansOf() writes what the Collector reads where no name has a bar', async (t) => {
  const [span] = zipkinSpansOf([
    groupWith({ events: [eventWith('a|b'), eventWith('c', [text('k', 'v')])] }),
  ])
  t.same(
    span?.annotations?.map(({ value }) => value),
    ['a|b', 'c|{"k":"v"}|0'],
  )
})

function nested(depth: number): AnyValue {
  const inner: AnyValue = depth === 0 ? { kind: 'int', value: 1n } : nested(depth - 1)
  return { kind: 'array', value: [inner] }
}

t.test('lostInZipkin() counts attributes that come back as a text', async (t) => {
  const deep = [{ key: 'deep', value: nested(40) }]
  const long = '|{"'.repeat(100)
  for (const group of [
    groupWith({ events: [eventWith('n', deep)] }),
    groupWith({ events: [eventWith(long, [text('k', 'v')])] }),
    groupWith({ links: [linkTo(traceId, spanId, deep)] }),
    groupWith({ links: [{ ...linkTo(traceId, spanId), traceState: long }] }),
  ]) {
    t.same([...lostInZipkin([group])], [['attributes_text', 1]])
    const [span] = read(zipkinSpansOf([group]))?.spans ?? []
    t.same([...(span?.events[0]?.attributes ?? []), ...(span?.links ?? [])], [])
  }
})

t.test('lostInZipkin() counts equal keys of a map in an event', async (t) => {
  const value: AnyValue = { kind: 'kvlist', value: [text('a', '1'), text('a', '2')] }
  const group = groupWith({ events: [eventWith('n', [{ key: 'map', value }])] })
  t.same([...lostInZipkin([group])], [['attribute_type', 1]])
})

// What a resource is called without a `service.name`, through the repair that names every one.
const nameless = {
  resource: { attributes: [text('faas.name', 'resize')], droppedAttributesCount: 0 },
}
const repaired = {
  resource: {
    ...nameless.resource,
    attributes: [...nameless.resource.attributes, text('service.name', 'missing-service-name')],
  },
}

t.test('zipkinSpansOf() names a repaired resource by what else it has', async (t) => {
  const group = groupWith({}, repaired)
  const [span] = zipkinSpansOf([group])
  t.equal(span?.localEndpoint?.serviceName, 'resize')
  t.same(span?.tags, { 'otlp.service.name.source': 'faas.name' })
  t.same(read(zipkinSpansOf([group]))?.resource?.attributes, repaired.resource.attributes)
  t.same([...lostInZipkin([group])], [])
})

t.test('a Zipkin span whose service is another attribute comes back as it was', async (t) => {
  const span: ZipkinSpan = {
    ...{ traceId: '0000000000000001', id: '0000000000000002', name: 'n' },
    timestamp: 1,
    localEndpoint: { serviceName: 'resize' },
    tags: { 'otlp.service.name.source': 'faas.name' },
  }
  const group = read([span])
  t.same(group === undefined ? [] : zipkinSpansOf([group]), [span])
})
