import type { AnyValue } from '../../../proto/gen/jaeger/storage/v2/AnyValue.ts'
import type { TraceQueryParameters } from '../../../proto/gen/jaeger/storage/v2/TraceQueryParameters.ts'
import type { Call, ConstantTerm, Term } from '../../ports/span-query.ts'
import { isConstant } from '../../search/match-span.ts'
import { isIndexed } from '../cassandra/jaeger/tag-index.ts'
import { durationOfNano } from './wire-time.ts'

/** The predicates of a search of the old kind. */
export type LegacyParameters = Pick<
  TraceQueryParameters,
  'serviceName' | 'operationName' | 'attributes' | 'durationMin' | 'durationMax'
>

/**
 * What of a checked filter the old predicates can say, for a remote that takes no filter: conditions that hold
 * together, of a service, an operation, attributes and a duration. Whether a span meets the filter is for
 * whoever reads it.
 *
 * A duration is left out beside attributes: Jaeger's storage in Cassandra refuses both together.
 */
export function legacyParametersOf(filter: Call | undefined): LegacyParameters {
  const found: Found = { attributes: new Map() }
  for (const condition of conjunctionOf(filter)) note(condition, found)
  const { service, operation, attributes } = found
  return {
    ...(service !== undefined && { serviceName: service }),
    ...(operation !== undefined && { operationName: operation }),
    attributes: Array.from(attributes, ([key, value]) => ({ key, value })),
    ...(attributes.size === 0 && durationsOf(found)),
  }
}

/**
 * Both ends, a microsecond further than asked for: what is met exactly is left out by Jaeger's storage in
 * Cassandra, which ends at 24 h where there is no maximum. Without a minimum it leaves out what took less than
 * a microsecond, so that is not asked for.
 *
 * Source: jaeger v2.20.0, internal/storage/v1/cassandra/spanstore/reader.go (queryByDuration).
 */
function durationsOf({
  minMicros,
  maxMicros = microsMax,
}: Found): Pick<LegacyParameters, 'durationMin' | 'durationMax'> {
  if (minMicros === undefined || minMicros === 0n) return {}
  const last = maxMicros < microsMax ? maxMicros + 1n : microsMax
  return {
    durationMin: durationOfNano((minMicros - 1n) * 1000n),
    durationMax: durationOfNano(last * 1000n + 999n),
  }
}

/** The predicates but for durations. */
export function withoutDurations<Predicates extends Partial<LegacyParameters>>({
  durationMin: _min,
  durationMax: _max,
  ...others
}: Predicates): Omit<Predicates, 'durationMin' | 'durationMax'> {
  return others
}

interface Found {
  service?: string
  operation?: string
  readonly attributes: Map<string, AnyValue>
  /** Both are inclusive. */
  minMicros?: bigint
  maxMicros?: bigint
}

/** Conditions all of which hold; a filter that is none is one of them. */
function conjunctionOf(filter: Term | undefined): readonly Call[] {
  if (filter?.kind !== 'call') return []
  return filter.op === 'and' ? filter.args.flatMap(conjunctionOf) : [filter]
}

function note(condition: Call, found: Found): void {
  if (isErrorTrue(condition)) {
    found.attributes.set(errorKey, { boolValue: true })
    return
  }
  const sides = sidesOf(condition)
  if (sides === undefined) return
  const { op, subject, constant } = sides
  if (subject.kind === 'attr') {
    if (op === 'eq') noteAttribute(subject, constant, found)
  } else if (subject.kind === 'field') {
    const field = `${subject.level}.${subject.name}`
    if (field === 'span.duration') noteDuration(op, constant, found)
    if (op !== 'eq' || !isText(constant) || constant.value === '') return
    if (field === 'resource.service') found.service ??= constant.value
    if (field === 'span.name') found.operation ??= constant.value
  }
}

function noteDuration(op: Call['op'], constant: ConstantTerm, found: Found): void {
  if (constant.kind !== 'durationNano' || constant.value < 0n) return
  const micros = constant.value / 1000n
  if (micros > microsMax) return
  const { minMicros, maxMicros } = found
  // Durations that are met exactly are in: whoever looks at the span decides.
  if (op === 'eq' || op === 'gt' || op === 'gte') {
    found.minMicros = minMicros === undefined || micros > minMicros ? micros : minMicros
  }
  if (op === 'eq' || op === 'lt' || op === 'lte') {
    found.maxMicros = maxMicros === undefined || micros < maxMicros ? micros : maxMicros
  }
}

/** Keys that Jaeger does not look for among attributes alone, in one version or another. */
const specialKeys: ReadonlySet<string> = new Set([
  'service.name',
  'error',
  'span.kind',
  'span.status',
  'otel.status_code',
  'otel.status_description',
  'scope.name',
  'scope.version',
  'otel.scope.name',
  'otel.scope.version',
])

function noteAttribute(
  { key, level }: Extract<Term, { kind: 'attr' }>,
  constant: ConstantTerm,
  found: Found,
): void {
  if (level === 'link' || level === 'scope' || specialKeys.has(key)) return
  if (key.startsWith('resource.') || found.attributes.has(key)) return
  const text = textOf(constant)
  if (text === undefined || isPattern.test(text) || !isIndexed({ key, value: text })) return
  found.attributes.set(key, { stringValue: text })
}

/**
 * Jaeger's storages in Elasticsearch and OpenSearch take a value for a regular expression of Lucene.
 *
 * Source: https://www.elastic.co/guide/en/elasticsearch/reference/current/regexp-syntax.html
 */
const isPattern = /[.?+*|{}[\]()"\\#@&<>~]/

/**
 * The text by which a Jaeger finds every value that is equal; undefined where storages write such a value in
 * different ways, as they do fractions, large numbers and bytes.
 */
function textOf(constant: ConstantTerm): string | undefined {
  switch (constant.kind) {
    case 'string':
      return constant.value
    case 'any':
      return isFraction.test(constant.value) ? undefined : constant.value
    case 'bool':
      return String(constant.value)
    case 'int':
      return isSmall.test(String(constant.value)) ? String(constant.value) : undefined
    default:
      return undefined
  }
}

/** What is, or may be, the text of a double; the empty text is also that of an empty value. */
const isFraction = /^$|^[+-]?(\d{10,}|0|\d*\.\d*([eE][+-]?\d+)?|\d+[eE][+-]?\d+|nan|inf(inity)?)$/i
/** Both zeros are equal, and have different texts. */
const isSmall = /^-?[1-9]\d{0,8}$/

const errorKey = 'error'

/** `error=true` as the old APIs have it: status error, or an attribute that says so. */
function isErrorTrue({ op, args }: Call): boolean {
  if (op !== 'or' || args.length !== 2) return false
  const sides = args.map((arg) => (arg.kind === 'call' ? sidesOf(arg) : undefined))
  const [status, attribute] = sides
  return (
    status?.op === 'eq' &&
    status.subject.kind === 'field' &&
    status.subject.level === 'span' &&
    status.subject.name === 'status' &&
    status.constant.kind === 'string' &&
    status.constant.value === 'error' &&
    attribute?.op === 'eq' &&
    attribute.subject.kind === 'attr' &&
    attribute.subject.key === errorKey
  )
}

interface Sides {
  readonly op: Call['op']
  readonly subject: Term
  readonly constant: ConstantTerm
}

/** A comparison with its constant on the right. */
function sidesOf({ op, args }: Call): Sides | undefined {
  const [left, right] = args
  if (args.length !== 2 || left === undefined || right === undefined) return undefined
  if (isConstant(right))
    return isConstant(left) ? undefined : { op, subject: left, constant: right }
  if (!isConstant(left)) return undefined
  return { op: mirrored[op] ?? op, subject: right, constant: left }
}

const mirrored: Readonly<Partial<Record<Call['op'], Call['op']>>> = {
  gt: 'lt',
  lt: 'gt',
  gte: 'lte',
  lte: 'gte',
}

function isText(
  constant: ConstantTerm,
): constant is Extract<ConstantTerm, { kind: 'string' | 'any' }> {
  return constant.kind === 'string' || constant.kind === 'any'
}

/** The longest duration in Go. */
const microsMax = (2n ** 63n - 1n) / 1000n - 1n
