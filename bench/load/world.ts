import type { BenchRandom } from './random.ts'
import { clientTexts, statementTexts } from './world-texts.ts'

/** How many services the world has; more come where one asks for more at once. */
export const serviceCount = 30
/** Operations of each service: 300 in all. */
export const operationsPerService = 10
/** Spans of the longest trace. */
export const traceSpansMax = 200

/** An attribute before it is encoded in a format. */
export type WorldAttribute =
  | { readonly key: string; readonly kind: 'string'; readonly value: string }
  | { readonly key: string; readonly kind: 'int' | 'double'; readonly value: number }
  | { readonly key: string; readonly kind: 'bool'; readonly value: boolean }

/** A span before it is encoded; ids are given by who encodes it. */
export interface WorldSpan {
  readonly service: number
  readonly operation: string
  /** Number of opentelemetry.proto.trace.v1.Span.SpanKind. */
  readonly kind: number
  /** Index in its trace of the parent, which always comes earlier; -1 for the root. */
  readonly parent: number
  /** Since the start of the root. */
  readonly startNano: number
  readonly durationNano: number
  readonly attributes: readonly WorldAttribute[]
  readonly event: WorldEvent | undefined
  readonly hasError: boolean
}

/** What happened during a span. */
export interface WorldEvent {
  readonly name: string
  /** Since the start of the root. */
  readonly timeNano: number
  readonly attributes: readonly WorldAttribute[]
}

/** A process that makes spans. */
export interface WorldProcess {
  readonly service: number
  /** Which of the service's instances. */
  readonly instance: number
  readonly attributes: readonly WorldAttribute[]
}

const words = (
  'cart checkout catalog search pricing stock payment fraud ledger invoice shipping tracking ' +
  'account login session profile mail notify media image review rating recommend ads gateway ' +
  'config feature audit export report'
).split(' ')
const nouns = 'items orders users prices offers tokens events pages files rates'.split(' ')
const methods = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE']
const regions = ['eu-west-1', 'eu-north-1', 'us-east-1', 'us-west-2', 'ap-south-1']
const kinds = [1, 2, 2, 3, 3, 4, 5]
/** Attributes of a span, and of a process. */
export const spanAttributes = 15
export const processAttributes = 8
/** Longest duration of an ordinary span; longer ones are planted. */
export const durationNanoMax = 60e9

/** Name of a service, as in `service.name`. */
export function serviceName(service: number): string {
  const turn = Math.floor(service / words.length)
  return `${words[service % words.length]}-${turn === 0 ? '' : `${turn}-`}service`
}

/** Name of one of a service's operations. */
export function operationName(service: number, operation: number): string {
  return `${methodOf(operation)} ${routeOf(service, operation)}`
}

/** What spans are like. */
export interface SpanShape {
  /** How long the two long texts of a span are together, on average. */
  readonly textBytes: number
  /** Attributes of a span; `keptFirst` says which ones stay. */
  readonly attributes: number
}

/** Of fewer attributes these stay, in this order; the others after them as they come. */
const keptFirst = [
  'user.id',
  'order.id',
  'req.id',
  'http.method',
  'db.statement',
  'client',
  'http.status',
  'http.route',
]

/**
 * Makes the spans of one trace, the root first. Sizes have a heavy tail, 1 to 200 with a mean of
 * about 12; children lie within their parent.
 *
 * @param services the trace moves among these
 */
export function makeTrace(
  random: BenchRandom,
  services: readonly number[],
  shape: SpanShape,
): WorldSpan[] {
  const count = Math.min(
    traceSpansMax,
    Math.max(1, Math.round(Math.exp(1.8 + random.normal() * 1.15))),
  )
  const spans: WorldSpan[] = []
  for (let index = 0; index < count; index++) {
    // Mostly one of the last few, so that traces are deep as well as wide.
    const parent = index === 0 ? -1 : Math.max(0, index - 1 - random.below(Math.min(index, 8)))
    spans.push(makeSpan(random, { services, shape, parent, above: spans[parent] }))
  }
  return spans
}

interface SpanPlace {
  readonly services: readonly number[]
  readonly shape: SpanShape
  readonly parent: number
  readonly above: WorldSpan | undefined
}

function makeSpan(random: BenchRandom, place: SpanPlace): WorldSpan {
  const { services, shape, above, parent } = place
  const stays = above !== undefined && random.next() < 0.5
  const service = stays ? above.service : (services[random.below(services.length)] ?? 0)
  const operation = random.below(operationsPerService)
  const { startNano, durationNano } = timesOf(random, above)
  const hasError = random.next() < 0.015
  const event = hasError || random.next() < 0.08
  return {
    service,
    operation: operationName(service, operation),
    kind: above === undefined ? 2 : (kinds[random.below(kinds.length)] ?? 1),
    parent,
    startNano,
    durationNano,
    attributes: keptOf(
      attributesOf(random, { service, operation, hasError, textBytes: shape.textBytes }),
      shape.attributes,
    ),
    event: event
      ? eventOf(hasError, startNano + Math.floor(durationNano * random.next()))
      : undefined,
    hasError,
  }
}

function timesOf(
  random: BenchRandom,
  above: WorldSpan | undefined,
): { readonly startNano: number; readonly durationNano: number } {
  if (above === undefined) {
    const durationNano = Math.exp(Math.log(60e6) + random.normal() * 1.3)
    return { startNano: 0, durationNano: Math.floor(Math.min(durationNano, durationNanoMax)) }
  }
  const share = Math.min(0.98, Math.exp(-1 + random.normal() * 0.7))
  const durationNano = Math.floor(above.durationNano * share)
  const roomNano = above.durationNano - durationNano
  return { startNano: above.startNano + Math.floor(roomNano * random.next()), durationNano }
}

/** So many of them, in their order. */
function keptOf(attributes: WorldAttribute[], count: number): WorldAttribute[] {
  if (count >= attributes.length) return attributes
  const rank = (key: string): number => {
    const at = keptFirst.indexOf(key)
    return at < 0 ? keptFirst.length : at
  }
  const kept = new Set([...attributes].sort((a, b) => rank(a.key) - rank(b.key)).slice(0, count))
  return attributes.filter((attribute) => kept.has(attribute))
}

interface AttributeInput {
  readonly service: number
  readonly operation: number
  readonly hasError: boolean
  readonly textBytes: number
}

/** 15 attributes. The values of user.id, order.id and req.id are filled in with each send. */
function attributesOf(random: BenchRandom, input: AttributeInput): WorldAttribute[] {
  const { service, operation, hasError, textBytes } = input
  const statementBytes = Math.floor(textBytes * 0.6)
  const statements = statementTexts(statementBytes)
  const clients = clientTexts(textBytes - statementBytes)
  const hex = (): string => random.uint32().toString(16).padStart(8, '0')
  return [
    { key: 'http.method', kind: 'string', value: methodOf(operation) },
    { key: 'http.route', kind: 'string', value: routeOf(service, operation) },
    { key: 'http.status', kind: 'int', value: hasError ? 500 + random.below(5) : statusOf(random) },
    { key: 'user.id', kind: 'string', value: `u${hex().slice(2)}` },
    { key: 'order.id', kind: 'string', value: hex() },
    { key: 'req.id', kind: 'string', value: hex() + hex() },
    { key: 'host', kind: 'string', value: `n-${100 + random.below(200)}` },
    { key: 'region', kind: 'string', value: regions[random.below(regions.length)] ?? '' },
    { key: 'version', kind: 'string', value: `${1 + (service % 4)}.${random.below(12)}.0` },
    { key: 'db.statement', kind: 'string', value: pick(statements, random) },
    { key: 'cache.hit', kind: 'bool', value: random.next() < 0.7 },
    { key: 'cpu.ms', kind: 'double', value: Math.exp(random.normal()) * 3 },
    { key: 'tenant', kind: 'string', value: `t-${1000 + random.below(40)}` },
    { key: 'shard', kind: 'int', value: random.below(64) },
    { key: 'client', kind: 'string', value: pick(clients, random) },
  ]
}

/** Attribute of spans that an error has, on its event too. */
function eventOf(hasError: boolean, timeNano: number): WorldEvent {
  if (!hasError) {
    return { name: 'retry', timeNano, attributes: [{ key: 'attempt', kind: 'int', value: 2 }] }
  }
  return {
    name: 'exception',
    timeNano,
    attributes: [
      { key: 'exception.type', kind: 'string', value: 'TimeoutError' },
      { key: 'exception.message', kind: 'string', value: 'upstream did not answer in 3000 ms' },
    ],
  }
}

/**
 * A process of a service, with a resource of about 250 bytes.
 *
 * @param attributes how many it has, the name of the service first
 */
export function makeProcess(
  service: number,
  instance: number,
  attributes = processAttributes,
): WorldProcess {
  const name = serviceName(service)
  const text = (key: string, value: string): WorldAttribute => ({ key, kind: 'string', value })
  const pod = (Math.imul(service * 64 + instance + 1, 0x9e37_79b1) >>> 0).toString(36)
  return {
    service,
    instance,
    attributes: [
      text('service.name', name),
      text('service.version', `${1 + (service % 4)}.${service % 9}.${instance % 3}`),
      text('host.name', `node-${100 + instance}.example.net`),
      text('k8s.pod.name', `${name}-${pod}`),
      text('k8s.namespace.name', 'shop'),
      text('telemetry.sdk.name', 'opentelemetry'),
      text('telemetry.sdk.language', 'java'),
      text('telemetry.sdk.version', '1.49.0'),
    ].slice(0, attributes),
  }
}

function statusOf(random: BenchRandom): number {
  const roll = random.next()
  if (roll < 0.9) return 200
  return roll < 0.95 ? 201 : ([204, 302, 304, 400, 401, 404][random.below(6)] ?? 200)
}

function methodOf(operation: number): string {
  return methods[operation % methods.length] ?? 'GET'
}

function routeOf(service: number, operation: number): string {
  return `/${words[service % words.length]}/${nouns[operation] ?? 'all'}`
}

function pick(texts: readonly string[], random: BenchRandom): string {
  return texts[random.below(texts.length)] ?? ''
}
