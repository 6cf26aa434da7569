import type { DecodeLimits, RepairName } from '../model/decoded.ts'
import { defaultDecodeLimits } from '../model/decoded.ts'
import type { Rejected } from '../model/span.ts'
import type { CheckedGroup } from '../otlp/checked-group.ts'
import { decodeGroup } from '../otlp/checked-group.ts'
import { SpanOutput } from '../otlp/span-output.ts'
import { latin1Of } from '../wire/bytes-text.ts'
import type { SpanParts } from './span-parts.ts'
import type { TagRoles } from './tag-roles.ts'
import { writeGroup } from './write-group.ts'

/** A resource and a scope that spans of one request have in common. */
export interface Group {
  readonly checked: CheckedGroup
  /** Its index in the batch of the request; undefined before its first span. */
  index: number | undefined
}

/**
 * Groups of requests before, by their bytes, in which nothing was repaired: clients send the same
 * ones with every request, and decoding one costs as much as several spans. At most `groupsMax`,
 * each of at most `keyLengthMax` bytes; when it is full it begins again.
 */
const known = new Map<string, CheckedGroup>()
const groupsMax = 256
const keyLengthMax = 4096

/**
 * The groups of one request. Zipkin has no resource: spans belong together whose service, tags of a
 * resource and scope are written alike.
 */
export class SpanGroups {
  readonly #limits: DecodeLimits
  readonly #repairs: Map<RepairName, number>
  readonly #groups = new Map<string, Group | Rejected>()
  /** Of the span before, which nearly always has the same. */
  #last: Group | Rejected | undefined
  #lastBytes: Uint8Array = new Uint8Array(0)
  #lastScopeStart = 0

  /** @param repairs where it is counted what had to be repaired of resources and scopes */
  constructor(limits: DecodeLimits, repairs: Map<RepairName, number>) {
    this.#limits = limits
    this.#repairs = repairs
    output.start(undefined)
  }

  /** The group of a span, or why it is refused. @param bytes where its texts lie */
  groupOf(bytes: Uint8Array, parts: SpanParts, roles: TagRoles): Group | Rejected {
    output.size = 0
    const scopeStart = writeGroup(output, bytes, parts, roles)
    const last = this.#last
    if (last !== undefined && scopeStart === this.#lastScopeStart && this.#isLast()) return last
    const key = `${scopeStart} ${latin1Of(output.bytes, 0, output.size)}`
    const group = this.#groups.get(key) ?? this.#decode(key, scopeStart)
    this.#groups.set(key, group)
    this.#last = group
    this.#lastBytes = output.bytes.slice(0, output.size)
    this.#lastScopeStart = scopeStart
    return group
  }

  #isLast(): boolean {
    const last = this.#lastBytes
    const { bytes, size } = output
    if (size !== last.length) return false
    for (let at = 0; at < size; at++) if (bytes[at] !== last[at]) return false
    return true
  }

  #decode(key: string, scopeStart: number): Group | Rejected {
    // What was decoded within other limits may be none within these.
    const remembers = this.#limits === defaultDecodeLimits && key.length <= keyLengthMax
    const before = remembers ? known.get(key) : undefined
    if (before !== undefined) return { checked: before, index: undefined }
    const resource = output.bytes.slice(0, scopeStart)
    const scope = output.bytes.slice(scopeStart, output.size)
    const decoded = decodeGroup(resource, scope, this.#limits)
    if ('reason' in decoded) return decoded
    for (const [repair, count] of decoded.repairs) {
      this.#repairs.set(repair, (this.#repairs.get(repair) ?? 0) + count)
    }
    if (remembers && decoded.repairs.size === 0) {
      if (known.size >= groupsMax) known.clear()
      known.set(key, decoded)
    }
    return { checked: decoded, index: undefined }
  }
}

/** One group after the other. */
const output = new SpanOutput()
