import t from 'tap'
import type { SpanGroup } from '../../../bridge/model/span.ts'
import { SpanKind, StatusCode } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { lostInZipkin } from '../../../bridge/zipkin/count-losses.ts'
import { decodeZipkinJson } from '../../../bridge/zipkin/decode-json.ts'
import { zipkinSpansOf } from '../../../bridge/zipkin/encode-json.ts'
import { text } from '../round-trip/change-span.ts'
import { groupWith, linkTo } from '../round-trip/plain-group.ts'

// Losses that the round trips of random spans leave out: attributes with keys that mean something. Chance
// has its way with them in test/bridge/round-trip/meaningful-keys.test.ts.

const failed = { code: StatusCode.error, message: 'why' }
const scope = { name: 'library', version: '1', attributes: [], droppedAttributesCount: 0 }
const link = linkTo(new Uint8Array(16).fill(1), new Uint8Array(8).fill(1))

const replaced: Readonly<Record<string, SpanGroup>> = {
  'w3c.tracestate': groupWith({ traceState: 'a=b', attributes: [text('w3c.tracestate', 'c=d')] }),
  'span.kind': groupWith({ kind: SpanKind.internal, attributes: [text('span.kind', 'mine')] }),
  'error, of a span that has not failed': groupWith({ attributes: [text('error', 'boom')] }),
  'otel.status_code': groupWith({ status: failed, attributes: [text('otel.status_code', 'OK')] }),
  'otel.status_description': groupWith({
    status: failed,
    attributes: [text('otel.status_description', 'another')],
  }),
  'otlp.link.0': groupWith({ links: [link], attributes: [text('otlp.link.0', 'mine')] }),
  'otel.scope.name': groupWith({ attributes: [text('otel.scope.name', 'mine')] }, { scope }),
  'otel.library.version': groupWith(
    { attributes: [text('otel.library.version', 'mine')] },
    { scope },
  ),
}

function throughZipkin(group: SpanGroup): SpanGroup | undefined {
  const written = Buffer.from(JSON.stringify(zipkinSpansOf([group])))
  return groupsOf(decodeZipkinJson(written, { arrivalUnixMs: 0 }).batch)[0]
}

t.test(
  'lostInZipkin() counts nothing of what an error says, of a resource of Zipkin and of what has a field',
  (t) => {
    const group = groupWith(
      {
        status: failed,
        attributes: [
          { key: 'net.peer.port', value: { kind: 'int', value: 80n } },
          { key: 'zipkin.debug', value: { kind: 'bool', value: true } },
          text('network.peer.address', '10.1.2.3'),
          text('error', 'boom'),
        ],
      },
      {
        resource: {
          attributes: [text('service.name', 'cart'), text('host.name', 'h')],
          droppedAttributesCount: 0,
        },
      },
    )
    t.same([...lostInZipkin([group])], [])
    const read = throughZipkin(group)
    const byKey = (one: SpanGroup | undefined) =>
      [...(one?.spans[0]?.attributes ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1))
    t.same(byKey(read), byKey(group))
    t.same(read?.resource, group.resource)
    t.equal(zipkinSpansOf([group])[0]?.tags?.['error'], 'boom')
    t.end()
  },
)

const other: Readonly<Record<string, SpanGroup>> = {
  'peer.service, which has another name today': groupWith({
    attributes: [text('peer.service', 'shop')],
  }),
  'an IPv6 address that is written otherwise': groupWith({
    attributes: [text('network.peer.address', '2001:DB8::0:1')],
  }),
  'an IPv4 address written as one of IPv6': groupWith({
    attributes: [text('network.peer.address', '::ffff:10.1.2.3')],
  }),
}
for (const [name, group] of Object.entries(other)) {
  t.test(`lostInZipkin() counts ${name}`, async (t) => {
    t.same([...lostInZipkin([group])], [['attribute_meaning', 1]])
    t.notSame(throughZipkin(group)?.spans[0]?.attributes, group.spans[0]?.attributes)
  })
}

t.test('lostInZipkin() counts a text that comes back as a number', async (t) => {
  const attributes = [text('network.peer.address', '10.1.2.3'), text('net.peer.port', '80')]
  t.same([...lostInZipkin([groupWith({ attributes })])], [['attribute_type', 1]])
})

t.test('an empty name of a function does not name a resource', async (t) => {
  const attributes = [text('service.name', 'missing-service-name'), text('faas.name', '')]
  const group = groupWith({}, { resource: { attributes, droppedAttributesCount: 0 } })
  t.same([...lostInZipkin([group])], [])
  t.equal(zipkinSpansOf([group])[0]?.localEndpoint?.serviceName, 'missing-service-name')
})

for (const [name, group] of Object.entries(replaced)) {
  t.test(`lostInZipkin() counts an attribute beside a tag that takes its place: ${name}`, (t) => {
    t.equal(lostInZipkin([group]).get('replaced_attribute'), 1)
    const read = throughZipkin(group)
    t.notSame(
      { scope: read?.scope, attributes: read?.spans[0]?.attributes },
      { scope: group.scope, attributes: group.spans[0]?.attributes },
    )
    t.end()
  })
}

t.test('lostInZipkin() counts no attribute that says the same as the tag in its place', (t) => {
  const same = [text('error', 'true'), text('otel.status_code', 'ERROR')]
  t.same([...lostInZipkin([groupWith({ status: failed, attributes: same })])], [])
  t.same([...lostInZipkin([groupWith({}, { scope })])], [])
  t.end()
})

t.test('lostInZipkin() counts an end before the start, and no end at the start', (t) => {
  const start = 1_750_000_000_000_000_000n
  const before = groupWith({ startUnixNano: start, endUnixNano: start - 1000n })
  t.same([...lostInZipkin([before])], [['end', 1]])
  t.equal(throughZipkin(before)?.spans[0]?.endUnixNano, start)
  const at = groupWith({ startUnixNano: start, endUnixNano: start })
  t.same([...lostInZipkin([at])], [])
  t.equal(throughZipkin(at)?.spans[0]?.endUnixNano, start)
  t.end()
})

t.test(
  'lostInZipkin() counts times that our reader refuses, which are written as the last that it takes',
  async (t) => {
    const last = BigInt(Number.MAX_SAFE_INTEGER) * 1000n
    const event = { name: 'late', attributes: [], droppedAttributesCount: 0 }
    const end = 2n ** 64n - 616n
    const late = groupWith({
      ...{ startUnixNano: end, endUnixNano: end },
      events: [{ ...event, timeUnixNano: end }],
    })
    t.same([...lostInZipkin([late])], [['time_range', 2]])
    const read = throughZipkin(late)?.spans[0]
    t.equal(read?.startUnixNano, last)
    t.equal(read?.events[0]?.timeUnixNano, last)
    const long = groupWith({ startUnixNano: 1000n, endUnixNano: end })
    t.same([...lostInZipkin([long])], [['time_range', 1]])
    t.equal(throughZipkin(long)?.spans[0]?.endUnixNano, last + 1000n)
    t.same([...lostInZipkin([groupWith({ startUnixNano: last, endUnixNano: last + 1000n })])], [])
  },
)

const linkText = `${'1'.repeat(32)}|${'2'.repeat(16)}||{}|0`
const meaning: Readonly<Record<string, SpanGroup>> = {
  'a link': groupWith({ attributes: [text('otlp.link.0', linkText)] }),
  'the status': groupWith({ attributes: [text('otel.status_code', 'OK')] }),
  'the trace state': groupWith({ attributes: [text('w3c.tracestate', 'a=b')] }),
  'the scope': groupWith({ attributes: [text('otel.scope.name', 'mine')] }),
  'the resource': groupWith({ attributes: [text('host.name', 'h')] }),
}
for (const [name, group] of Object.entries(meaning)) {
  t.test(
    `lostInZipkin() counts an attribute that comes back as something of ${name}`,
    async (t) => {
      t.same([...lostInZipkin([group])], [['attribute_meaning', 1]])
      t.same(throughZipkin(group)?.spans[0]?.attributes, [])
    },
  )
}

t.test('lostInZipkin() counts no attribute whose value has no meaning', async (t) => {
  const attributes = [text('otel.status_code', 'odd'), text('otlp.link.0', 'odd')]
  const group = groupWith({ attributes })
  t.same([...lostInZipkin([group])], [])
  t.same(throughZipkin(group)?.spans[0]?.attributes, attributes)
})
