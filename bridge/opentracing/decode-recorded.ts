import { fromHex } from '../model/identifier.ts'
import type {
  AnyValue,
  KeyValue,
  Rejected,
  Span,
  SpanEvent,
  SpanGroup,
  SpanLink,
} from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'
import type { RecordedLoss } from './recorded-span.ts'
import { kindTexts, RecordedLosses, SpecialTag } from './recorded-span.ts'

/** Spans of OpenTracing in the model. */
export interface DecodedRecorded {
  /** One for each span that was taken, in their order. */
  readonly groups: readonly SpanGroup[]
  readonly rejected: readonly Rejected[]
  readonly losses: readonly RecordedLoss[]
}

/**
 * OpenTracing -> model; the input is JSON that was parsed, a list of `RecordedSpan` or of what
 * `MockSpan.debug()` gives. The mapping is the table of README.md. A bad span is left out alone.
 *
 * @throws TypeError for what is no list
 */
export function groupsOfRecorded(input: unknown): DecodedRecorded {
  if (!Array.isArray(input)) {
    throw new TypeError('Cannot read spans of OpenTracing: they are no list')
  }
  const losses = new RecordedLosses()
  const groups: SpanGroup[] = []
  const rejected: Rejected[] = []
  for (const [at, item] of input.entries()) {
    try {
      groups.push(readGroup(item, losses))
    } catch (error) {
      if (!(error instanceof BadSpan)) throw error
      rejected.push({ reason: error.reason, message: `Cannot read span ${at}: ${error.message}` })
    }
  }
  return { groups, rejected, losses: losses.list() }
}

class BadSpan extends Error {
  override readonly name = 'BadSpan'
  readonly reason: Rejected['reason']

  constructor(reason: Rejected['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

type Fields = Readonly<Record<string, unknown>>

function readGroup(item: unknown, losses: RecordedLosses): SpanGroup {
  const fields = objectOf(item, 'it')
  countUnknown(fields, spanMembers, losses)
  const owner = fields['process']
  const { span, scope } = readSpan(fields, losses)
  return {
    resource:
      owner === undefined
        ? undefined
        : {
            attributes: attributesOf(objectOf(owner, 'its process'), losses),
            droppedAttributesCount: 0,
          },
    resourceSchemaUrl: '',
    scope,
    scopeSchemaUrl: '',
    spans: [span],
  }
}

function readSpan(fields: Fields, losses: RecordedLosses) {
  const spanId = idOf(fields['uuid'], 16, 'span_id', 'uuid')
  const given = fields['traceId']
  const traceId =
    given === undefined
      ? Buffer.concat([Buffer.alloc(8), spanId])
      : idOf(given, 32, 'trace_id', 'traceId')
  const { startUnixNano, endUnixNano } = timesOf(fields['millis'], losses)
  const tags = new TakenTags(objectOf(fields['tags'] ?? {}, 'its tags'))
  const references = listOf(fields['references'], 'references')
  const { parentSpanId, links } = referencesOf(references, traceId, losses)
  const name = fields['operation']
  if (typeof name !== 'string') throw new BadSpan('malformed', 'its operation is no text')
  const special = {
    kind: tags.kind(),
    status: tags.status(),
    traceState: tags.text(SpecialTag.traceState) ?? '',
  }
  const scope = tags.scope()
  const span: Span = {
    traceId,
    spanId,
    parentSpanId,
    ...special,
    flags: 0,
    name,
    startUnixNano,
    endUnixNano,
    attributes: attributesOf(tags.rest(), losses),
    droppedAttributesCount: 0,
    events: listOf(fields['logs'], 'logs').map((log) => eventOf(log, startUnixNano, losses)),
    droppedEventsCount: 0,
    links,
    droppedLinksCount: 0,
  }
  return { span, scope }
}

/** Tags, of which those are taken that have a field of their own. */
class TakenTags {
  readonly #tags: Map<string, unknown>

  constructor(tags: Fields) {
    this.#tags = new Map(Object.entries(tags))
  }

  kind(): number {
    const at = kindTexts.findIndex(
      (text) => text !== undefined && text === this.#tags.get(SpecialTag.kind),
    )
    if (at === -1) return SpanKind.unspecified
    this.#tags.delete(SpecialTag.kind)
    return at
  }

  /** Only a boolean is a status; any other value of `error` is a tag like others. */
  status(): Span['status'] {
    const error = this.#tags.get(SpecialTag.error)
    const isStatus = typeof error === 'boolean'
    if (isStatus) this.#tags.delete(SpecialTag.error)
    const message = this.text(SpecialTag.statusDescription)
    if (!isStatus && message === undefined) return undefined
    const decided = error === true ? StatusCode.error : StatusCode.ok
    return { code: isStatus ? decided : StatusCode.unset, message: message ?? '' }
  }

  scope(): SpanGroup['scope'] {
    const name = this.text(SpecialTag.scopeName)
    if (name === undefined) return undefined
    const version = this.text(SpecialTag.scopeVersion) ?? ''
    return { name, version, attributes: [], droppedAttributesCount: 0 }
  }

  /** Takes a text; a value of another type stays a tag. */
  text(key: string): string | undefined {
    const value = this.#tags.get(key)
    if (typeof value !== 'string') return undefined
    this.#tags.delete(key)
    return value
  }

  rest(): Fields {
    return Object.fromEntries(this.#tags)
  }
}

/**
 * The parent is the first CHILD_OF of the same trace, else its first FOLLOWS_FROM; a CHILD_OF parent is no
 * link, unless there is a FOLLOWS_FROM of it as well, everything else is.
 *
 * Source: Jaeger's model, where the same is said of its references.
 */
function referencesOf(references: readonly unknown[], traceId: Uint8Array, losses: RecordedLosses) {
  const read = references.map((item) => {
    const fields = objectOf(item, 'a reference')
    const { type } = fields
    countUnknown(fields, referenceMembers, losses)
    if (type !== 'child_of' && type !== 'follows_from') {
      throw new BadSpan('malformed', 'the type of a reference is neither child_of nor follows_from')
    }
    return {
      type,
      traceId: idOf(fields['traceId'], 32, 'parent_span_id', 'traceId of a reference'),
      spanId: idOf(fields['uuid'], 16, 'parent_span_id', 'uuid of a reference'),
    }
  })
  const own = read.filter((one) => Buffer.compare(one.traceId, traceId) === 0)
  const parent = own.find(({ type }) => type === 'child_of') ?? own[0]
  const isFollowed = own.some(
    ({ type, spanId }) =>
      type === 'follows_from' &&
      parent !== undefined &&
      Buffer.compare(spanId, parent.spanId) === 0,
  )
  const links = read.flatMap((one): SpanLink[] => {
    if (one === parent && !isFollowed) return []
    const type: KeyValue = { key: SpecialTag.refType, value: { kind: 'string', value: one.type } }
    return [
      {
        traceId: one.traceId,
        spanId: one.spanId,
        traceState: '',
        attributes: [type],
        droppedAttributesCount: 0,
        flags: 0,
      },
    ]
  })
  return { parentSpanId: parent?.spanId, links }
}

function eventOf(log: unknown, startUnixNano: bigint, losses: RecordedLosses): SpanEvent {
  const members = objectOf(log, 'a log')
  countUnknown(members, logMembers, losses)
  const { timestamp, fields } = members
  const { [SpecialTag.event]: event, ...others } = objectOf(fields ?? {}, 'the fields of a log')
  const isNamed = typeof event === 'string'
  const rest = isNamed || event === undefined ? others : { [SpecialTag.event]: event, ...others }
  if (timestamp === undefined || timestamp === null) losses.add('log_times')
  return {
    timeUnixNano:
      timestamp === undefined || timestamp === null
        ? startUnixNano
        : nanoOf(timestamp, 'the timestamp of a log'),
    name: isNamed ? event : '',
    attributes: attributesOf(rest, losses),
    droppedAttributesCount: 0,
  }
}

function attributesOf(tags: Fields, losses: RecordedLosses): readonly KeyValue[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value: anyValueOf(value, losses) }))
}

/** A number without a fraction is an int, as JavaScript has one type for both. */
function anyValueOf(value: unknown, losses: RecordedLosses): AnyValue {
  switch (typeof value) {
    case 'string':
      return { kind: 'string', value }
    case 'boolean':
      return { kind: 'bool', value }
    case 'number': {
      const isInt = Number.isSafeInteger(value) && !Object.is(value, -0)
      return isInt ? { kind: 'int', value: BigInt(value) } : { kind: 'double', value }
    }
    default:
      losses.add('values')
      return { kind: 'string', value: JSON.stringify(value) ?? String(value) }
  }
}

function timesOf(millis: unknown, losses: RecordedLosses) {
  const [, start, finish] = listOf(millis, 'millis')
  const startUnixNano = nanoOf(start, 'its start')
  // MockSpan has 0 where nobody called finish().
  if (finish === 0) {
    losses.add('unfinished')
    return { startUnixNano, endUnixNano: startUnixNano }
  }
  return { startUnixNano, endUnixNano: nanoOf(finish, 'its finish') }
}

/** As far as a number of µs is exact: the year 2255. */
const millisMax = Number.MAX_SAFE_INTEGER / 1000

function nanoOf(millis: unknown, what: string): bigint {
  if (typeof millis !== 'number' || !(millis >= 0 && millis <= millisMax)) {
    throw new BadSpan('malformed', `${what} is no time in ms since the epoch`)
  }
  return BigInt(Math.round(millis * 1000)) * 1000n
}

function idOf(
  value: unknown,
  digits: number,
  reason: Rejected['reason'],
  what: string,
): Uint8Array {
  const isId = typeof value === 'string' && value.length === digits && /^[0-9a-fA-F]+$/.test(value)
  if (!isId) throw new BadSpan(reason, `its ${what} is not ${digits} hex digits`)
  if (/^0+$/.test(value)) throw new BadSpan(reason, `its ${what} is zero`)
  return fromHex(value)
}

function countUnknown(fields: Fields, known: readonly string[], losses: RecordedLosses): void {
  losses.add('unknown_members', Object.keys(fields).filter((key) => !known.includes(key)).length)
}

const spanMembers = [
  ...['uuid', 'operation', 'millis', 'tags', 'traceId', 'references', 'logs', 'process'],
]
const referenceMembers = ['type', 'traceId', 'uuid']
const logMembers = ['timestamp', 'fields']

function objectOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new BadSpan('malformed', `${what} is no object`)
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value
  throw new BadSpan('malformed', `its ${what} is no list`)
}
