import type { AnyValue, KeyValue, Resource, Span, SpanGroup } from '../../../bridge/model/span.ts'
import type { Random } from '../../fuzz/random.ts'

/** A plain valid span; give what matters to the test. */
export function sampleSpan(fields: Partial<Span> = {}): Span {
  return {
    traceId: Uint8Array.from({ length: 16 }, (_, index) => index + 1),
    spanId: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1),
    parentSpanId: undefined,
    traceState: '',
    flags: 0,
    name: 'GET /cart',
    kind: 2,
    startUnixNano: 1_750_000_000_123_456_789n,
    endUnixNano: 1_750_000_000_124_957_788n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: undefined,
    ...fields,
  }
}

/** A resource of this service. */
export function sampleResource(service = 'cart'): Resource {
  return { attributes: [textAttribute('service.name', service)], droppedAttributesCount: 0 }
}

/** Spans of one service without a scope. */
export function sampleGroup(spans: readonly Span[], fields: Partial<SpanGroup> = {}): SpanGroup {
  return {
    resource: sampleResource(),
    resourceSchemaUrl: '',
    scope: undefined,
    scopeSchemaUrl: '',
    spans,
    ...fields,
  }
}

/** An attribute that is a string. */
export function textAttribute(key: string, value: string): KeyValue {
  return { key, value: { kind: 'string', value } }
}

/** A valid span with everything chosen at random. */
export function randomSpan(random: Random): Span {
  const startUnixNano = BigInt(random.below(2 ** 31)) * 1_000_000_007n
  const many = <Item>(make: () => Item) => Array.from({ length: random.below(4) }, make)
  const attributes = () => many(() => randomAttribute(random, 0))
  return {
    traceId: idOf(random, 16),
    spanId: idOf(random, 8),
    parentSpanId: random.oneIn(3) ? undefined : idOf(random, 8),
    traceState: random.pick(['', 'a=1', 'ot=th:8']),
    flags: random.pick([0, 1, 0x301, 0xffff_ffff]),
    name: randomText(random) || 'name',
    kind: random.below(7),
    startUnixNano,
    endUnixNano: startUnixNano + BigInt(random.below(2 ** 31)),
    attributes: attributes(),
    droppedAttributesCount: random.pick([0, 3, 2 ** 32 - 1]),
    events: many(() => ({
      timeUnixNano: startUnixNano,
      name: randomText(random),
      attributes: attributes(),
      droppedAttributesCount: random.below(2),
    })),
    droppedEventsCount: random.below(2),
    links: many(() => ({
      traceId: idOf(random, 16),
      spanId: idOf(random, 8),
      traceState: random.pick(['', 'b=2']),
      attributes: attributes(),
      droppedAttributesCount: random.below(2),
      flags: random.below(2 ** 32),
    })),
    droppedLinksCount: random.below(2),
    status: random.oneIn(2) ? undefined : { code: random.below(3), message: randomText(random) },
  }
}

function idOf(random: Random, length: number): Uint8Array {
  const id = random.bytes(length)
  id[0] = 1
  return id
}

function randomText(random: Random): string {
  return random.pick(['', 'a', 'Grüße', '☃ 𝄞', 'x'.repeat(random.below(300))])
}

function randomAttribute(random: Random, depth: number): KeyValue {
  const value = random.oneIn(10) ? undefined : randomValue(random, depth)
  return { key: randomText(random), value }
}

function randomValue(random: Random, depth: number): AnyValue {
  const many = <Item>(make: () => Item) => Array.from({ length: random.below(3) }, make)
  switch (random.below(depth > 3 ? 6 : 8)) {
    case 0:
      return { kind: 'empty' }
    case 1:
      return { kind: 'string', value: randomText(random) }
    case 2:
      return { kind: 'bool', value: random.oneIn(2) }
    case 3:
      return { kind: 'int', value: random.pick([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 500n]) }
    case 4:
      return { kind: 'double', value: random.pick([0, -0, 0.1, Infinity, Number.NaN, 2 ** 60]) }
    case 5:
      return { kind: 'bytes', value: random.bytes(random.below(20)) }
    case 6:
      return { kind: 'array', value: many(() => randomValue(random, depth + 1)) }
    default:
      return { kind: 'kvlist', value: many(() => randomAttribute(random, depth + 1)) }
  }
}
