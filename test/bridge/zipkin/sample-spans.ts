import type {
  ZipkinAnnotation,
  ZipkinEndpoint,
  ZipkinSpan,
} from '../../../bridge/zipkin/zipkin-span.ts'
import type { Random } from '../../fuzz/random.ts'

/** Spans of v2 of which nothing is lost on the way through the model. */
export function randomZipkinSpans(random: Random, count: number): ZipkinSpan[] {
  return Array.from({ length: count }, () => randomSpan(random))
}

function randomSpan(random: Random): ZipkinSpan {
  const error = random.pick<Record<string, string>>([
    {},
    {},
    { error: 'true', 'otel.status_code': 'ERROR', 'otel.status_description': text(random) },
    { 'otel.status_code': 'OK' },
  ])
  const kind = random.pick<ZipkinSpan['kind']>([
    'CLIENT',
    'SERVER',
    'PRODUCER',
    'CONSUMER',
    undefined,
  ])
  const parentId = random.oneIn(3) ? undefined : id(random, 8)
  const remoteEndpoint = random.oneIn(2) ? undefined : endpoint(random)
  const annotations = Array.from({ length: random.below(3) }, () => annotation(random))
  const names = Array.from({ length: random.below(6) }, (_, at) => `k${at}.${text(random)}`)
  const tags = {
    ...Object.fromEntries(names.map((name) => [name, text(random)])),
    ...(random.oneIn(3) ? { 'host.name': `host-${random.below(3)}` } : {}),
    ...error,
  }
  return {
    traceId: random.oneIn(2) ? id(random, 8) : id(random, 16),
    id: id(random, 8),
    ...(parentId === undefined ? {} : { parentId }),
    name: `get /${text(random)}`,
    ...(kind === undefined ? {} : { kind }),
    ...(random.oneIn(10) ? {} : { timestamp: 1_795_000_000_000_000 + random.below(2 ** 31) }),
    ...(random.oneIn(10) ? {} : { duration: 1 + random.below(2 ** 31) }),
    localEndpoint: { ...endpoint(random), serviceName: `service-${random.below(4)}` },
    ...(remoteEndpoint === undefined ? {} : { remoteEndpoint }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...(random.oneIn(5) ? { debug: true } : {}),
    ...(random.oneIn(5) ? { shared: true } : {}),
  }
}

function endpoint(random: Random): ZipkinEndpoint {
  const ipv6 = `2001:db8::${(1 + random.below(65_535)).toString(16)}`
  const ipv4 = `10.${random.below(256)}.0.${random.below(256)}`
  return {
    serviceName: `peer-${text(random)}`,
    ...random.pick<ZipkinEndpoint>([{}, { ipv4 }, { ipv6 }, { ipv4, ipv6 }]),
    ...(random.oneIn(2) ? {} : { port: 1 + random.below(65_535) }),
  }
}

function annotation(random: Random): ZipkinAnnotation {
  const value = random.pick([text(random), `${text(random)}|{"a":"b","f":1.5,"n":5}|2`])
  return { timestamp: 1_795_000_000_000_000 + random.below(2 ** 31), value }
}

function text(random: Random): string {
  return random.pick([
    ...(['a', 'tab\tquote"backslash\\', 'grüße 🚀', '/cart?x=<1>&y', '\u2028line'] as const),
    ...['x'.repeat(200), 'a|b', 'a|{not json}|0', 'true', '12'],
  ])
}

function id(random: Random, length: number): string {
  const bytes = random.bytes(length)
  bytes[0] = 1 + ((bytes[0] ?? 0) % 200)
  return Buffer.from(bytes).toString('hex')
}
