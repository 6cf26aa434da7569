import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { AnyValue, KeyValue, Span, SpanGroup } from '../../bridge/model/span.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { encodeGroups } from '../../bridge/otlp/encode-groups.ts'
import { encodeTracesData } from '../../bridge/otlp/encode-traces-data.ts'
import { projectRoot } from '../project-root.ts'
import { otlpMaker } from './golden-names.ts'

const options = { arrivalUnixMs: 0 }
const folder = join(projectRoot, 'test/golden/otlp')
const read = (name: string) => new Uint8Array(readFileSync(join(folder, `${name}${otlpMaker}.bin`)))
const decode = (name: string) => decodeRequest(read(name), options)
const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const entityRefs = [{ schemaUrl: 'https://x.test/1', type: 'service', idKeys: ['service.name'] }]
const codes = ['UNSET', 'OK', 'ERROR']

for (const name of ['all-fields', 'many-groups', 'nested-100', 'unusual-times']) {
  t.test(`decodeRequest() sees in ${name} what Python wrote`, async (t) => {
    const { batch, rejected } = decode(name)
    t.same(rejected, [])
    const { request } = JSON.parse(readFileSync(join(folder, `${name}${otlpMaker}.json`), 'utf8'))
    t.same(merged(groupsOf(batch).map(jsonOfGroup)), request.resourceSpans)
  })

  t.test(`encodeTracesData() gives the spans of ${name} as they came`, async (t) => {
    const { batch, repairs } = decode(name)
    t.equal(repairs.size, 0)
    t.same(encodeTracesData(batch), read(name))
    t.same(groupsOf(decodeRequest(encodeGroups(groupsOf(batch)), options).batch), groupsOf(batch))
  })
}

t.test('decodeRequest() stops where the implementation of Python does', async (t) => {
  const { request } = JSON.parse(readFileSync(join(folder, `nested-101${otlpMaker}.json`), 'utf8'))
  t.same(request, { refused: 'DecodeError' })
  t.match(decode('nested-101').rejected, [{ reason: 'too_deep' }])
})

t.test('decodeRequest() takes a request without spans', async (t) => {
  t.same(groupsOf(decode('without-spans').batch), [])
})

t.test('decodeRequest() repairs what to-repair needs', async (t) => {
  const { batch, repairs } = decode('to-repair')
  t.same(Object.fromEntries(repairs), {
    service_name_missing: 1,
    span_name_empty: 1,
    service_name_empty: 1,
    negative_duration: 1,
    service_name_type: 1,
  })
  t.match(groupsOf(batch), [
    { resource: { attributes: [text('service.name', 'missing-service-name')] } },
    { resource: { attributes: [text('service.name', 'empty-service-name')] } },
    {
      resource: {
        attributes: [
          text('service.name', 'service-name-wrong-type'),
          { key: 'invalid-service-name', value: { kind: 'int', value: 7n } },
        ],
      },
    },
  ])
})

t.test('every golden request has a test', async (t) => {
  const names = readdirSync(folder).filter((file) => file.endsWith('.bin'))
  t.equal(names.length, 7)
})

function text(key: string, value: string): KeyValue {
  return { key, value: { kind: 'string', value } }
}

// The JSON form of protobuf: defaults left out, 64-bit numbers as text, bytes as base64.
type Json = Record<string, unknown>

function jsonOfGroup(group: SpanGroup): Json {
  const { resource, scope } = group
  return filled({
    resource: resource && {
      ...filled({
        attributes: resource.attributes.map(jsonOfKeyValue),
        droppedAttributesCount: resource.droppedAttributesCount,
      }),
      // The model keeps entity references as they came.
      ...(resource.unknown && { entityRefs }),
    },
    scopeSpans: [
      filled({
        scope:
          scope &&
          filled({
            name: scope.name,
            version: scope.version,
            attributes: scope.attributes.map(jsonOfKeyValue),
            droppedAttributesCount: scope.droppedAttributesCount,
          }),
        spans: group.spans.map(jsonOfSpan),
        schemaUrl: group.scopeSchemaUrl,
      }),
    ],
    schemaUrl: group.resourceSchemaUrl,
  })
}

/** Groups of one resource become one ResourceSpans again. */
function merged(groups: readonly Json[]): Json[] {
  const all: Json[] = []
  for (const group of groups) {
    const last = all.at(-1)
    const isSame = last && JSON.stringify(last['resource']) === JSON.stringify(group['resource'])
    if (isSame) last['scopeSpans'] = [...list(last['scopeSpans']), ...list(group['scopeSpans'])]
    else all.push(group)
  }
  return all
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function jsonOfSpan(span: Span): Json {
  return filled({
    traceId: base64(span.traceId),
    spanId: base64(span.spanId),
    traceState: span.traceState,
    parentSpanId: base64(span.parentSpanId),
    flags: span.flags,
    name: span.name,
    kind: span.kind && `SPAN_KIND_${kinds[span.kind]}`,
    startTimeUnixNano: String(span.startUnixNano),
    endTimeUnixNano: String(span.endUnixNano),
    attributes: span.attributes.map(jsonOfKeyValue),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) =>
      filled({
        timeUnixNano: String(event.timeUnixNano),
        name: event.name,
        attributes: event.attributes.map(jsonOfKeyValue),
        droppedAttributesCount: event.droppedAttributesCount,
      }),
    ),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) =>
      filled({
        traceId: base64(link.traceId),
        spanId: base64(link.spanId),
        traceState: link.traceState,
        attributes: link.attributes.map(jsonOfKeyValue),
        droppedAttributesCount: link.droppedAttributesCount,
        flags: link.flags,
      }),
    ),
    droppedLinksCount: span.droppedLinksCount,
    status:
      span.status &&
      filled({
        message: span.status.message,
        code: span.status.code && `STATUS_CODE_${codes[span.status.code]}`,
      }),
  })
}

function jsonOfKeyValue({ key, value }: KeyValue): Json {
  return filled({ key, value: value && jsonOfValue(value) })
}

function jsonOfValue(value: AnyValue): Json {
  switch (value.kind) {
    case 'empty':
      return {}
    case 'int':
      return { intValue: String(value.value) }
    case 'double':
      return { doubleValue: Number.isFinite(value.value) ? value.value : String(value.value) }
    case 'bytes':
      return { bytesValue: base64(value.value) }
    case 'array':
      return { arrayValue: filled({ values: value.value.map(jsonOfValue) }) }
    case 'kvlist':
      return { kvlistValue: filled({ values: value.value.map(jsonOfKeyValue) }) }
    default:
      return { [`${value.kind}Value`]: value.value }
  }
}

function base64(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64')
}

/** Without members that have protobuf's default value. */
function filled(object: Json): Json {
  const isDefault = (value: unknown) =>
    value === undefined || value === '' || value === 0 || value === '0' || isEmpty(value)
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isDefault(value)))
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
