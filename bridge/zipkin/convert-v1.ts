import { SpanKind } from '../model/span.ts'
import { latin1Of } from '../wire/bytes-text.ts'
import { refuse } from './bad-span.ts'
import type { V1Annotation, V1BinaryAnnotation, V1Endpoint, V1Span } from './v1-span.ts'

/** One side of a v1 span, as a span of its own in v2. */
export interface V1Side {
  local: V1Endpoint | undefined
  remote: V1Endpoint | undefined
  /** A `SpanKind`. */
  kind: number
  timestamp: number
  duration: number
  shared: boolean
  readonly annotations: Pick<V1Annotation, 'timestamp' | 'value'>[]
  readonly tags: V1BinaryAnnotation[]
}

/** More services than this have never met in one span; each gets a copy of its name. */
const sidesMax = 16

/**
 * A v1 span as v2 has it: mostly one span, or one for each service that has annotated it, as in
 * traces whose client and server report together.
 *
 *   cs, cr / sr, ss / ms / mr   kind, and start and end, if the span has none of its own
 *   ws, wr                      the other end of a message, beside ms and mr
 *   ca, sa, ma                  the remote endpoint: of the server, the client, the broker
 *   other annotations           annotations; other binary annotations are tags
 *
 * Source: what zipkin2.v1.V1SpanConverter of io.zipkin.zipkin2:zipkin 3 does.
 */
export function sidesOfV1(span: V1Span): readonly V1Side[] {
  const converter = new Converter(span)
  converter.convert()
  return converter.sides
}

/** Annotations with a meaning, by their value; the last one of each counts. */
type Core = Partial<Record<'cs' | 'cr' | 'sr' | 'ss' | 'ms' | 'mr' | 'ws' | 'wr', Located>>
/** One that says where it happened. */
type Located = V1Annotation & { readonly endpoint: V1Endpoint }

const kinds = {
  cs: SpanKind.client,
  cr: SpanKind.client,
  sr: SpanKind.server,
  ss: SpanKind.server,
  ms: SpanKind.producer,
  mr: SpanKind.consumer,
  ws: undefined,
  wr: undefined,
} as const

class Converter {
  readonly sides: V1Side[] = []
  readonly #span: V1Span
  readonly #first: V1Side
  readonly #byService = new Map<string, V1Side>()

  constructor(span: V1Span) {
    this.#span = span
    this.#first = this.#addSide(undefined)
  }

  convert(): void {
    const core = this.#readAnnotations()
    this.#setCallTimes(core)
    this.#setMessageTimes(core)
    this.#readBinaryAnnotations(core)
  }

  #readAnnotations(): Core {
    const core: Core = {}
    for (const annotation of this.#span.annotations) {
      const { endpoint } = annotation
      const side = this.#sideOf(endpoint)
      const value = coreValue(annotation.value)
      // Without an endpoint it has no meaning of its own.
      if (value === undefined || endpoint === undefined) side.annotations.push(annotation)
      else {
        core[value] = { ...annotation, endpoint }
        side.kind = kinds[value] ?? side.kind
      }
    }
    return core
  }

  /** Start and end of a call. */
  #setCallTimes(core: Core): void {
    const { cr, ss } = core
    const cs = core.cs ?? this.#startOf(cr)
    const sr = core.sr ?? this.#startOf(ss)
    if (cs !== undefined && sr !== undefined) this.#setBothSides(cs, sr, core)
    else if (cs !== undefined && cr !== undefined) this.#setTimes(cs, cr)
    else if (sr !== undefined && ss !== undefined) this.#setTimes(sr, ss)
    else this.#setIncomplete(core)
    // In v1 nothing says that an id is shared; that the client owns the time does.
    const { timestamp, duration } = this.#span
    if (cs === undefined && sr !== undefined) {
      if (timestamp === 0 || (ss !== undefined && duration === 0)) {
        this.#sideOf(sr.endpoint).shared = true
      }
    }
  }

  /** Client and server in one span: the client owns its times, the server's are its annotations. */
  #setBothSides(cs: Located, sr: Located, { cr, ss }: Core): void {
    this.#setTimes(cs, cr)
    const client = this.#sideOf(cs.endpoint)
    const server = this.#otherSide(client, SpanKind.client, sr, SpanKind.server)
    server.shared = true
    server.timestamp = sr.timestamp
    if (ss !== undefined) server.duration = ss.timestamp - sr.timestamp
    // Nobody waited for an answer.
    if (cr === undefined && this.#span.duration === 0) client.duration = 0
  }

  /** One end is missing: what is known becomes the start, or stays an annotation. */
  #setIncomplete({ cs, cr, sr, ss }: Core): void {
    for (const side of this.sides) {
      const isClient = side.kind === SpanKind.client
      if (!isClient && side.kind !== SpanKind.server) continue
      const start = isClient ? cs : sr
      const end = isClient ? cr : ss
      if (start !== undefined) side.timestamp = start.timestamp
      if (end !== undefined) side.annotations.push(end)
    }
    const { timestamp, duration } = this.#span
    if (timestamp === 0) return
    this.#first.timestamp = timestamp
    this.#first.duration = duration
  }

  #setMessageTimes({ ms, mr, ws, wr }: Core): void {
    if (ms !== undefined && mr !== undefined) {
      const producer = this.#sideOf(ms.endpoint)
      const consumer = this.#otherSide(producer, SpanKind.producer, mr, SpanKind.consumer)
      consumer.shared = true
      consumer.timestamp = (wr ?? mr).timestamp
      if (wr !== undefined) consumer.duration = mr.timestamp - wr.timestamp
      producer.timestamp = ms.timestamp
      producer.duration = ws === undefined ? 0 : ws.timestamp - ms.timestamp
    } else if (ms !== undefined) this.#setTimes(ms, ws)
    else if (mr !== undefined) this.#setTimes(wr ?? mr, wr === undefined ? undefined : mr)
    else {
      for (const one of [ws, wr]) {
        if (one !== undefined) this.#sideOf(one.endpoint).annotations.push(one)
      }
    }
  }

  #readBinaryAnnotations({ cs, cr, sr, ss, ms, mr }: Core): void {
    const addresses: Partial<Record<'ca' | 'sa' | 'ma', V1Endpoint>> = {}
    for (const one of this.#span.binaryAnnotations) {
      const address = addressKey(one)
      if (address !== undefined && one.endpoint !== undefined) addresses[address] = one.endpoint
      // An empty `lc` only says who the local endpoint is.
      else if (isText(one.key, 'lc')) {
        const side = this.#sideOf(one.endpoint)
        if (one.value.length > 0) side.tags.push({ ...one, key: componentKey })
      } else this.#sideOf(one.endpoint).tags.push(one)
    }
    const { ca, sa, ma } = addresses
    const client = cs ?? cr
    const server = sr ?? ss
    if (client === undefined && server === undefined) {
      if (ca !== undefined && sa !== undefined) this.#sideOf(ca).remote = sa
      else if (sa !== undefined) this.#first.remote = sa
      else if (ca !== undefined) {
        this.#first.kind = SpanKind.server
        this.#first.remote = ca
      }
    } else {
      if (ca !== undefined && server !== undefined) this.#setCaller(ca, server.endpoint)
      if (sa !== undefined && client !== undefined) this.#sideOf(client.endpoint).remote = sa
    }
    for (const one of [ms, mr]) {
      if (ma !== undefined && one !== undefined) this.#sideOf(one.endpoint).remote = ma
    }
  }

  /** Finagle names a server's own service as its client's, for the port; it has not called itself. */
  #setCaller(ca: V1Endpoint, server: V1Endpoint): void {
    if (serviceOf(ca) !== serviceOf(server)) this.#sideOf(server).remote = ca
    else if (!isSameAddress(ca, server)) {
      this.#sideOf(server).remote = { ...ca, serviceName: ca.serviceName.subarray(0, 0) }
    }
  }

  /** The span's own times where it has both, else those of its annotations. */
  #setTimes(begin: Located, end: V1Annotation | undefined): void {
    const side = this.#sideOf(begin.endpoint)
    const { timestamp, duration } = this.#span
    const isTimed = timestamp !== 0 && duration !== 0
    side.timestamp = isTimed ? timestamp : begin.timestamp
    if (isTimed) side.duration = duration
    else if (end !== undefined) side.duration = end.timestamp - begin.timestamp
  }

  /** The start that is missing, where the end is the span's own. */
  #startOf(end: Located | undefined): Located | undefined {
    const { timestamp, duration } = this.#span
    if (end === undefined || timestamp === 0 || duration === 0) return undefined
    return timestamp + duration === end.timestamp ? { ...end, timestamp } : undefined
  }

  /** The side of an annotation that must not be the first one's; a service may call itself. */
  #otherSide(first: V1Side, firstKind: number, { endpoint }: Located, kind: number): V1Side {
    const found = this.#sideOf(endpoint)
    if (found !== first) return found
    first.kind = firstKind
    const other = this.#addSide(endpoint)
    other.kind = kind
    return other
  }

  #sideOf(endpoint: V1Endpoint | undefined): V1Side {
    if (endpoint === undefined) return this.#first
    const service = serviceOf(endpoint)
    const known = this.#byService.get(service)
    if (known !== undefined) return known
    const side = this.#first.local === undefined ? this.#first : this.#addSide(endpoint)
    side.local = endpoint
    this.#byService.set(service, side)
    return side
  }

  #addSide(local: V1Endpoint | undefined): V1Side {
    if (this.sides.length >= sidesMax) {
      refuse('too_large', `span has annotations of over ${sidesMax} services`)
    }
    const side: V1Side = {
      local,
      remote: undefined,
      kind: SpanKind.unspecified,
      timestamp: 0,
      duration: 0,
      shared: false,
      annotations: [],
      tags: [],
    }
    this.sides.push(side)
    return side
  }
}

function coreValue(value: Uint8Array): keyof typeof kinds | undefined {
  if (value.length !== 2) return undefined
  const text = latin1Of(value)
  return text in kinds ? (text as keyof typeof kinds) : undefined
}

/** Which address a binary annotation is: with an endpoint, and true, or what clients took for it. */
function addressKey({ key, value, isTyped, endpoint }: V1BinaryAnnotation) {
  if (key.length !== 2 || endpoint === undefined || value.length > 4) return undefined
  const isSet = isTyped
    ? value[0] === 0x10 && value[1] === 1
    : ['true', '1'].includes(latin1Of(value))
  const text = latin1Of(key)
  return isSet && (text === 'ca' || text === 'sa' || text === 'ma') ? text : undefined
}

function serviceOf({ serviceName }: V1Endpoint): string {
  return latin1Of(serviceName)
}

function isSameAddress(a: V1Endpoint, b: V1Endpoint): boolean {
  return a.port === b.port && !Buffer.compare(a.ipv4, b.ipv4) && !Buffer.compare(a.ipv6, b.ipv6)
}

function isText(bytes: Uint8Array, text: string): boolean {
  return bytes.length === text.length && latin1Of(bytes) === text
}

/** OpenTelemetry's and OpenTracing's name of what `lc` says. */
const componentKey = new Uint8Array(Buffer.from('component'))
