import t from 'tap'
import { lostInJaeger } from '../../../bridge/jaeger-proto/count-losses.ts'
import { decodePostSpansRequest } from '../../../bridge/jaeger-proto/decode-request.ts'
import { encodePostSpansRequest } from '../../../bridge/jaeger-proto/encode-request.ts'
import type { KeyValue, Span, SpanEvent, SpanGroup } from '../../../bridge/model/span.ts'
import { SpanKind, StatusCode } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { text } from '../round-trip/change-span.ts'
import { groupWith, linkTo, plainStartUnixNano } from '../round-trip/plain-group.ts'

const own = new Uint8Array(16).fill(9)
const other = new Uint8Array(16).fill(8)
const parentSpanId = new Uint8Array(8).fill(3)
const sibling = new Uint8Array(8).fill(4)
const childOf = [text('opentracing.ref_type', 'child_of')]
const followsFrom = [text('opentracing.ref_type', 'follows_from')]
const errorTag: KeyValue = { key: 'error', value: { kind: 'bool', value: true } }

function eventWith(name: string, attributes: readonly KeyValue[]): SpanEvent {
  return { timeUnixNano: plainStartUnixNano, name, attributes, droppedAttributesCount: 0 }
}

function throughJaeger(group: SpanGroup): SpanGroup | undefined {
  return groupsOf(
    decodePostSpansRequest(encodePostSpansRequest([group]), { arrivalUnixMs: 0 }).batch,
  )[0]
}

/** Byte arrays of any class as hex. */
function plain(group: SpanGroup | undefined): unknown {
  return JSON.parse(
    JSON.stringify(group ?? null, (_, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`
      return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
    }),
  )
}

const kept: Readonly<Record<string, Partial<Span>>> = {
  'an event beside its attribute `event`': {
    events: [eventWith('real', [text('event', 'z'), text('k', 'v')])],
  },
  'an event beside two of them': {
    events: [eventWith('real', [text('event', 'z'), text('event', 'y')])],
  },
  'an event beside one that is a number': {
    events: [eventWith('real', [{ key: 'event', value: { kind: 'int', value: 5n } }])],
  },
  'an event beside an empty one': { events: [eventWith('real', [text('event', '')])] },
  "a child_of link with the parent's span id in another trace": {
    parentSpanId,
    links: [linkTo(other, parentSpanId, childOf)],
  },
  'a child_of link of a root into its own trace': { links: [linkTo(own, sibling, childOf)] },
  'a follows_from link of a root into its own trace': {
    links: [linkTo(own, sibling, followsFrom)],
  },
  'a parent that is followed, beside a child_of link into the own trace': {
    parentSpanId,
    links: [linkTo(own, parentSpanId, followsFrom), linkTo(own, sibling, childOf)],
  },
  'an attribute `span.kind` that is no kind': {
    kind: SpanKind.unspecified,
    attributes: [text('span.kind', 'weird')],
  },
  'an attribute `span.kind` beside a kind': { attributes: [text('span.kind', 'client')] },
  'an attribute `otel.status_code` beside a status': {
    status: { code: StatusCode.error, message: '' },
    attributes: [text('otel.status_code', 'OK')],
  },
  'an attribute `otel.status_code` that is no code, beside a status': {
    status: { code: StatusCode.ok, message: '' },
    attributes: [text('otel.status_code', 'weird')],
  },
  'an attribute `otel.status_description` beside a message': {
    status: { code: StatusCode.error, message: 'why' },
    attributes: [text('otel.status_description', 'because')],
  },
  'an attribute `error` beside an error': {
    status: { code: StatusCode.error, message: '' },
    attributes: [errorTag],
  },
  'an attribute `w3c.tracestate` beside a trace state': {
    traceState: 'a=b',
    attributes: [text('w3c.tracestate', 'c=d')],
  },
  'an attribute `@jaeger@flags` with bit 0': {
    attributes: [{ key: '@jaeger@flags', value: { kind: 'int', value: 3n } }],
  },
}
for (const [name, span] of Object.entries(kept)) {
  t.test(`a span comes back from Jaeger with ${name}`, async (t) => {
    const group = groupWith(span)
    t.same([...lostInJaeger([group])], [])
    t.same(plain(throughJaeger(group)), plain(group))
  })
}

const lost: Readonly<Record<string, readonly [span: Partial<Span>, kind: string, count: number]>> =
  {
    'an attribute `span.kind` that becomes the kind': [
      { kind: SpanKind.unspecified, attributes: [text('span.kind', 'client')] },
      'attribute_meaning',
      1,
    ],
    'an attribute `error` that makes OK an error': [
      { status: { code: StatusCode.ok, message: '' }, attributes: [errorTag] },
      'attribute_meaning',
      1,
    ],
    'attributes that become status and scope': [
      {
        attributes: [
          text('otel.status_code', 'OK'),
          text('otel.status_description', 'd'),
          text('otel.scope.name', 'mine'),
        ],
      },
      'attribute_meaning',
      3,
    ],
    'an HTTP status that makes the span an error': [
      { attributes: [text('http.status_code', '500')] },
      'attribute_meaning',
      1,
    ],
    'a duration that no int64 holds': [
      { startUnixNano: 0n, endUnixNano: 2n ** 64n - 1n },
      'time_range',
      1,
    ],
    'a start, an end and an event after 2262': [
      {
        startUnixNano: 2n ** 63n,
        endUnixNano: 2n ** 63n,
        events: [{ ...eventWith('late', []), timeUnixNano: 2n ** 63n }],
      },
      'time_range',
      2,
    ],
    'a child_of link of a root to nobody in its own trace': [
      { links: [linkTo(own, new Uint8Array(8), childOf)] },
      'parent_link',
      1,
    ],
  }
for (const [name, [span, kind, count]] of Object.entries(lost)) {
  t.test(`lostInJaeger() counts ${name}`, async (t) => {
    const group = groupWith(span)
    t.same([...lostInJaeger([group])], [[kind, count]])
    t.notSame(plain(throughJaeger(group)), plain(group))
  })
}

const renamed: Readonly<Record<string, readonly KeyValue[]>> = {
  hostname: [text('service.name', 'cart'), text('hostname', 'h')],
  'jaeger.version': [text('service.name', 'cart'), text('jaeger.version', 'Go-1')],
  'service.name, twice': [text('service.name', 'cart'), text('service.name', 'other')],
}
for (const [name, attributes] of Object.entries(renamed)) {
  t.test(
    `lostInJaeger() counts an attribute of a resource that comes back as another: ${name}`,
    async (t) => {
      const group = groupWith({}, { resource: { attributes, droppedAttributesCount: 0 } })
      t.same([...lostInJaeger([group])], [['attribute_meaning', 1]])
      t.notSame(plain(throughJaeger(group)), plain(group))
    },
  )
}
