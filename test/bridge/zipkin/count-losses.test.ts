import t from 'tap'
import type { KeyValue, Span, SpanGroup } from '../../../bridge/model/span.ts'
import { SpanKind, StatusCode } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { lostInZipkin } from '../../../bridge/zipkin/count-losses.ts'
import { decodeZipkinJson } from '../../../bridge/zipkin/decode-json.ts'
import { zipkinSpansOf } from '../../../bridge/zipkin/encode-json.ts'
import { createRandom } from '../../fuzz/random.ts'
import { randomGroups } from '../round-trip/random-groups.ts'

// Losses that the round trips of random spans leave out: attributes with keys that mean something.

function text(key: string, value: string): KeyValue {
  return { key, value: { kind: 'string', value } }
}

/** A group of one span that loses nothing, but for what is changed. */
function groupWith(span: Partial<Span>, others: Partial<SpanGroup> = {}): SpanGroup {
  const [group] = randomGroups(createRandom(1), 1)
  const [first] = group?.spans ?? []
  if (group === undefined || first === undefined) throw new Error('the generator made no span')
  return {
    ...group,
    resource: { attributes: [text('service.name', 'cart')], droppedAttributesCount: 0 },
    resourceSchemaUrl: '',
    scope: undefined,
    scopeSchemaUrl: '',
    ...others,
    spans: [
      {
        ...first,
        ...{ kind: SpanKind.server, flags: 0, traceState: '', status: undefined },
        ...{ startUnixNano: 1_750_000_000_000_000_000n, endUnixNano: 1_750_000_000_000_001_000n },
        ...{ attributes: [], events: [], links: [] },
        ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
        ...span,
      },
    ],
  }
}

const failed = { code: StatusCode.error, message: 'why' }
const scope = { name: 'library', version: '1', attributes: [], droppedAttributesCount: 0 }
const link = {
  traceId: new Uint8Array(16).fill(1),
  spanId: new Uint8Array(8).fill(1),
  traceState: '',
  attributes: [],
  droppedAttributesCount: 0,
  flags: 0,
}

const replaced: Readonly<Record<string, SpanGroup>> = {
  'w3c.tracestate': groupWith({ traceState: 'a=b', attributes: [text('w3c.tracestate', 'c=d')] }),
  'span.kind': groupWith({ kind: SpanKind.internal, attributes: [text('span.kind', 'mine')] }),
  'error, of a span that has not failed': groupWith({ attributes: [text('error', 'boom')] }),
  'error, of one that has': groupWith({ status: failed, attributes: [text('error', 'boom')] }),
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
