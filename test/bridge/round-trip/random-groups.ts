import type { AnyValue, KeyValue, Span, SpanGroup, SpanLink } from '../../../bridge/model/span.ts'
import type { Random } from '../../fuzz/random.ts'

/**
 * Groups of random spans with ids that are theirs alone. They hold what any format may lose, but of
 * attributes whose key another format has a meaning for (`error`, `span.kind`, ...) only `event`: the others are
 * the business of the golden files and of the tests of each counter, as each of them is a rule of its own.
 */
export function randomGroups(random: Random, count: number): SpanGroup[] {
  let id = 1
  return Array.from({ length: count }, (_, at) => {
    const spans = Array.from({ length: 1 + random.below(4) }, () => randomSpan(random, id++))
    return {
      resource: {
        attributes: [text('service.name', `service ${at % 3}`), ...attributes(random, 'resource')],
        droppedAttributesCount: random.pick([0, 0, 0, 2]),
      },
      resourceSchemaUrl: random.pick(['', '', 'https://example.org/1']),
      scope: random.oneIn(3) ? undefined : randomScope(random),
      scopeSchemaUrl: random.pick(['', '', 'https://example.org/2']),
      spans,
    }
  })
}

function randomScope(random: Random): NonNullable<SpanGroup['scope']> {
  return {
    name: random.pick(['library', 'other']),
    version: random.pick(['', '1.0']),
    attributes: random.oneIn(3) ? attributes(random, 'scope') : [],
    droppedAttributesCount: random.pick([0, 0, 3]),
  }
}

function randomSpan(random: Random, id: number): Span {
  const traceId = traceIdOf(1 + random.below(3))
  const parentSpanId = random.oneIn(3) ? undefined : spanIdOf(1000 + random.below(3))
  const startUnixNano = 1_750_000_000_000_000_000n + BigInt(random.below(2 ** 31))
  const isNegative = random.oneIn(8)
  const took = BigInt(random.below(2_000_000))
  return {
    traceId,
    spanId: spanIdOf(id),
    parentSpanId,
    traceState: random.pick(['', '', 'ot=th:8,a=b']),
    flags: random.pick([0, 1, 0x101, 0x301]),
    name: random.pick(['GET /cart', 'grüße', 'x']),
    kind: random.below(7),
    startUnixNano,
    endUnixNano: isNegative ? startUnixNano - took : startUnixNano + took,
    attributes: attributes(random, 'span'),
    droppedAttributesCount: random.pick([0, 0, 1]),
    events: Array.from({ length: random.below(3) }, () => ({
      timeUnixNano: startUnixNano + BigInt(random.below(1_000_000)),
      name: random.pick(['', 'retry', 'a|b', 'a|{}|0', 'a|{"b":"']),
      attributes: eventAttributes(random),
      droppedAttributesCount: random.pick([0, 0, 4]),
    })),
    droppedEventsCount: random.pick([0, 0, 5]),
    links: Array.from({ length: random.below(3) }, () => randomLink(random, parentSpanId, traceId)),
    droppedLinksCount: random.pick([0, 0, 6]),
    status:
      isNegative || random.oneIn(2)
        ? undefined
        : { code: random.below(3), message: random.pick(['', 'why']) },
  }
}

/** Into other traces, also with the parent's span id, and into the own one. */
function randomLink(random: Random, parent: Uint8Array | undefined, own: Uint8Array): SpanLink {
  const withParent = parent !== undefined && random.oneIn(2)
  const other = traceIdOf(7 + random.below(3))
  const type = random.pick([undefined, 'child_of', 'follows_from'])
  return {
    traceId: random.oneIn(3) ? own : other,
    spanId: withParent ? parent : spanIdOf(2000 + random.below(3)),
    traceState: random.pick(['', '', 'lost=1', 'x=a|b', 'x=|{"']),
    attributes: [
      ...(type === undefined ? [] : [text('opentracing.ref_type', type)]),
      ...(random.oneIn(4) ? attributes(random, 'link') : []),
    ],
    droppedAttributesCount: random.pick([0, 0, 7]),
    flags: random.pick([0, 0, 1]),
  }
}

/** Some of them with the key that names an event in Jaeger. */
function eventAttributes(random: Random): KeyValue[] {
  const list = attributes(random, 'event')
  for (let left = random.below(3); left > 0; left--) {
    const value: AnyValue = random.oneIn(3)
      ? { kind: 'int', value: 5n }
      : { kind: 'string', value: random.pick(['retry', 'other', '5', '']) }
    list.splice(random.below(list.length + 1), 0, { key: 'event', value })
  }
  return list
}

/** With keys that tell where they were, but for some that several owners have; a few are equal. */
function attributes(random: Random, owner: string): KeyValue[] {
  return Array.from({ length: random.below(4) }, (_, at) => ({
    key: `${random.oneIn(6) ? 'any' : owner}.${random.oneIn(6) ? 0 : at}`,
    value: randomValue(random, 2),
  }))
}

function randomValue(random: Random, depth: number): AnyValue {
  switch (random.below(depth === 0 ? 5 : 8)) {
    case 0:
      return { kind: 'string', value: random.pick(['', 'x', 'Ünï😀 "\\\n', '500']) }
    case 1:
      return { kind: 'bool', value: random.oneIn(2) }
    case 2:
      return { kind: 'int', value: random.pick([0n, -1n, 9_007_199_254_740_993n, -(2n ** 63n)]) }
    case 3:
      return {
        kind: 'double',
        value: random.pick([0.5, 1e300, -1, -0, Number.NaN, Number.POSITIVE_INFINITY]),
      }
    case 4:
      return { kind: 'bytes', value: random.bytes(random.below(4)) }
    case 5:
      return { kind: 'empty' }
    case 6: {
      const value = Array.from({ length: random.below(3) }, () => randomValue(random, depth - 1))
      return { kind: 'array', value }
    }
    default: {
      const value = Array.from({ length: random.below(3) }, (_, at) => ({
        key: `entry ${at}`,
        value: randomValue(random, depth - 1),
      }))
      return { kind: 'kvlist', value }
    }
  }
}

function text(key: string, value: string): KeyValue {
  return { key, value: { kind: 'string', value } }
}

function traceIdOf(number: number): Uint8Array {
  // Of 64 bits and of 128.
  return Uint8Array.from({ length: 16 }, (_, at) =>
    at === 15 || (at === 3 && number % 2 === 0) ? number : 0,
  )
}

function spanIdOf(number: number): Uint8Array {
  return Uint8Array.of(0, 0, 0, 0, 0, 0, number >>> 8, number & 0xff)
}
