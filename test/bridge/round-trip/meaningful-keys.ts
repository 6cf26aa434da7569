import type { AnyValue, KeyValue, Span, SpanGroup } from '../../../bridge/model/span.ts'
import type { Random } from '../../fuzz/random.ts'
import { text } from './change-span.ts'
import { groupWith, linkTo } from './plain-group.ts'

/** Keys that mean something of a span, its status, its links or its process to one format or another. */
const spanKeys = [
  ...['span.kind', 'error', 'otel.status_code', 'otel.status_description', 'w3c.tracestate'],
  ...['otel.scope.name', 'otel.scope.version', 'otel.library.name', 'otel.library.version'],
  ...['opentracing.ref_type', 'event', 'http.status_code', 'http.response.status_code'],
  ...['http.status_message', '@jaeger@flags', '@jaeger@warnings', '$$span.warning.0'],
  ...['sampler.type', 'sampler.param', 'sampling.priority', 'jaeger-debug-id'],
  ...['peer.service', 'service.peer.name', 'network.peer.address', 'net.peer.ip', 'net.peer.port'],
  ...['network.local.address', 'net.host.ip', 'net.host.port', 'peer.ipv4', 'lc', 'component'],
  ...['zipkin.debug', 'zipkin.shared', 'otlp.link.0', 'otlp.link.1', 'otlp.link.', 'otlp.link.x'],
  ...['otlp.service.name.source', 'otel.zipkin.absentField.startTime', 'census.status_code'],
]
const processKeys = [
  ...['service.name', 'hostname', 'host.name', 'jaeger.version', 'opencensus.exporterversion'],
  ...['ip', 'client-uuid', 'faas.name', 'k8s.deployment.name', 'process.executable.name'],
  ...['telemetry.sdk.language', 'service.version', 'host.id'],
]

/** What these keys are mostly said to be, and what else may stand there. */
const texts = [
  ...['', 'true', 'false', 'server', 'client', 'internal', 'SERVER', 'OK', 'ok', 'Error', 'ERROR'],
  ...['UNSET', 'STATUS_CODE_OK', '200', '404', '399', '500', 'why', 'a=b', 'const', '10.1.2.3'],
  ...[
    '::1',
    '2001:DB8::0:1',
    '::ffff:10.1.2.3',
    'child_of',
    'follows_from',
    'faas.name',
    'Go-2.30.0',
    '80',
    '70000',
  ],
  ...['Jaeger-Go-2.30.0', 'OTLPResourceNoServiceName', 'missing-service-name', 'shop'],
  `${'7'.repeat(32)}|${'7'.repeat(16)}|a=b|{"k":"v"}|0`,
  `${'7'.repeat(32)}|${'7'.repeat(16)}||{}|0`,
]
const values: readonly AnyValue[] = [
  ...[true, false].map((value) => ({ kind: 'bool', value }) as const),
  ...[0n, 1n, 3n, 80n, 399n, 404n, 500n].map((value) => ({ kind: 'int', value }) as const),
  { kind: 'double', value: 500.5 },
  { kind: 'bytes', value: Uint8Array.of(1, 2) },
  { kind: 'empty' },
  { kind: 'array', value: [{ kind: 'string', value: 'first' }] },
]

/**
 * A group of one span that would lose nothing, but for attributes whose keys formats have a meaning for:
 * of users who know nothing of those, or mean something else.
 *
 * @param onlyTexts for formats in which every other value is lost anyway
 */
export function meaningfulGroup(random: Random, onlyTexts: boolean): SpanGroup {
  const attribute = (keys: readonly string[]): KeyValue => {
    const key = oneOf(random, keys)
    const isText = onlyTexts || random.oneIn(2)
    return isText ? text(key, oneOf(random, texts)) : { key, value: oneOf(random, values) }
  }
  const some = (most: number, keys: readonly string[]) =>
    Array.from({ length: random.below(most + 1) }, () => attribute(keys))
  const link = linkTo(new Uint8Array(16).fill(5), new Uint8Array(8).fill(5))
  const span: Partial<Span> = {
    kind: random.below(6),
    traceState: random.pick(['', '', 'c=d']),
    status: random.pick([undefined, undefined, ok, failed, failedAndWhy]),
    links: random.oneIn(4)
      ? [{ ...link, attributes: [text('opentracing.ref_type', 'child_of')] }]
      : [],
    attributes: some(3, random.oneIn(4) ? processKeys : spanKeys),
  }
  const named = random.oneIn(8) ? [] : [text('service.name', 'cart')]
  const scope = { name: 'library', version: '1', attributes: [], droppedAttributesCount: 0 }
  return groupWith(span, {
    resource: {
      attributes: [
        ...named,
        ...(random.oneIn(2) ? some(2, random.oneIn(4) ? spanKeys : processKeys) : []),
      ],
      droppedAttributesCount: 0,
    },
    scope: random.oneIn(4) ? scope : undefined,
  })
}

const ok = { code: 1, message: '' }
const failed = { code: 2, message: '' }
const failedAndWhy = { code: 2, message: 'because' }

function oneOf<Item>(random: Random, list: readonly Item[]): Item {
  return list[random.below(list.length)] as Item
}
