import type { DecodeLimits, RepairName } from '../model/decoded.ts'
import { defaultDecodeLimits } from '../model/decoded.ts'
import type { Rejected, Resource, Scope } from '../model/span.ts'
import type { CheckedGroup } from '../otlp/checked-group.ts'
import { decodeGroup } from '../otlp/checked-group.ts'
import { encodeResource, encodeScope } from '../otlp/encode-span.ts'
import { escapedText } from '../repair/escaped-text.ts'
import { repairResourceText, repairScopeText } from '../repair/invalid-utf8.ts'
import { latin1Of } from '../wire/bytes-text.ts'
import { WireReader } from '../wire/reader.ts'
import type { DecodeContext } from './decode-context.ts'
import { Refusal } from './decode-context.ts'
import { decodeProcess, emptyResource } from './decode-process.ts'
import type { TextSlice } from './read-tag.ts'
import type { SpecialTags } from './special-tags.ts'

/** A process and a scope that spans have in common. */
export interface Group {
  readonly checked: CheckedGroup
  /** Its index in the batch of the request; undefined before its first span. */
  index: number | undefined
}

/** A process and what comes of it. */
export interface Process {
  readonly decoded: DecodedProcess
  /** By scope name and version. */
  readonly byScope: Map<string, Group | Rejected>
}

/** What does not depend on the request. */
interface DecodedProcess {
  readonly resource: Resource
  /** Of its fields, those whose values are lost. */
  readonly lostFields: number
  /** Groups in which nothing was repaired, by scope name and version. */
  readonly groups: Map<string, CheckedGroup>
}

/**
 * Processes that came before, by their bytes, in which nothing was repaired: clients send the same
 * one with every request, and decoding it costs as much as several spans. It holds at most
 * `processesMax`, each of at most `keyLengthMax` bytes; when it is full it begins again.
 */
const processes = new Map<string, DecodedProcess>()
const processesMax = 256
const groupsMax = 64
const keyLengthMax = 4096

/** The groups of one request. Processes are told apart by their bytes, scopes by name and version. */
export class SpanGroups {
  readonly #bytes: Uint8Array
  readonly #limits: DecodeLimits
  readonly #repairs: Map<RepairName, number>
  readonly #remembers: boolean
  readonly #byProcess = new Map<string, Process | Rejected>()
  #none: Process | Rejected | undefined
  /** Fields of processes whose values are lost. */
  lostFields = 0

  /**
   * @param bytes the request
   * @param repairs where it is counted what had to be repaired of processes and scopes
   */
  constructor(bytes: Uint8Array, limits: DecodeLimits, repairs: Map<RepairName, number>) {
    // What was decoded within other limits may be none within these.
    this.#remembers = limits === defaultDecodeLimits
    this.#bytes = bytes
    this.#limits = limits
    this.#repairs = repairs
  }

  /**
   * A process, read once for all spans that bring the same bytes.
   *
   * @param parts bodies that are one message, as protobuf says
   * @throws WireError
   */
  processOf(parts: readonly Uint8Array[]): Process | Rejected {
    if (parts.length > 0) return this.#processOf(parts)
    this.#none ??= this.#processOf(parts)
    return this.#none
  }

  #processOf(parts: readonly Uint8Array[]): Process | Rejected {
    const [first] = parts
    const isWhole = first !== undefined && parts.length === 1
    const body = isWhole ? first : Buffer.concat(parts)
    const key = latin1Of(body)
    const known = this.#byProcess.get(key)
    if (known !== undefined) return known
    const owner = this.#remembered(key) ?? this.#decode(key, body, isWhole)
    this.#byProcess.set(key, owner)
    if ('decoded' in owner) this.lostFields += owner.decoded.lostFields
    return owner
  }

  #remembered(key: string): Process | undefined {
    const decoded = this.#remembers ? processes.get(key) : undefined
    return decoded === undefined ? undefined : { decoded, byScope: new Map() }
  }

  #decode(key: string, body: Uint8Array, isWhole: boolean): Process | Rejected {
    // In one piece, as it should be, it lies in the request, and faults have their offset there.
    const start = isWhole ? body.byteOffset - this.#bytes.byteOffset : 0
    const from = isWhole ? this.#bytes : body
    const reader = new WireReader(from, start, start + body.length)
    const context: DecodeContext = { reader, limits: this.#limits, items: 0, lostFields: 0 }
    const resource = this.#decodeProcess(context)
    if ('reason' in resource) return resource
    const repaired = this.#repaired(resource, repairResourceText)
    const { lostFields } = context
    const decoded = { resource: repaired, lostFields, groups: new Map<string, CheckedGroup>() }
    if (this.#remembers && repaired === resource && key.length <= keyLengthMax) {
      if (processes.size >= processesMax) processes.clear()
      processes.set(key, decoded)
    }
    return { decoded, byScope: new Map() }
  }

  /**
   * The group of a process and of a span's scope.
   *
   * @throws WireError
   */
  groupOf(owner: Process, special: SpecialTags): Group | Rejected {
    const name = textIn(special.scopeName)
    const version = textIn(special.scopeVersion)
    const key = name === '' ? '' : `${name.length} ${name}${version}`
    const known = owner.byScope.get(key)
    if (known !== undefined) return known
    const checked = owner.decoded.groups.get(key)
    const named = { ...emptyScope, name, version }
    const group =
      checked === undefined
        ? this.#decodeGroup(owner.decoded, named, key)
        : { checked, index: undefined }
    owner.byScope.set(key, group)
    return group
  }

  #decodeProcess(context: DecodeContext): Resource | Rejected {
    const { reader, limits } = context
    const length = reader.end - reader.position
    if (length === 0) return emptyResource
    if (length > limits.resourceBytesMax) {
      const message = `Cannot decode process: it has over ${limits.resourceBytesMax} bytes (resourceBytesMax)`
      return { reason: 'too_large', message }
    }
    try {
      return decodeProcess(context)
    } catch (error) {
      if (error instanceof Refusal) return error.rejected
      throw error
    }
  }

  #decodeGroup(decoded: DecodedProcess, named: Scope, key: string): Group | Rejected {
    const { resource, groups } = decoded
    const scope = this.#repaired(named, repairScopeText)
    const checked = decodeGroup(encodeResource(resource), encodeScope(scope), this.#limits)
    if ('reason' in checked) return checked
    const { repairs } = checked
    for (const [repair, count] of repairs) this.#count(repair, count)
    const isClean = scope === named && repairs.size === 0
    if (isClean && key.length <= keyLengthMax && groups.size < groupsMax) {
      groups.set(key, checked)
    }
    return { checked, index: undefined }
  }

  /** Counts a repair of text when it changed something. */
  #repaired<Value>(value: Value, repair: (value: Value) => Value): Value {
    const repaired = repair(value)
    if (repaired !== value) this.#count('invalid_utf8', 1)
    return repaired
  }

  #count(repair: RepairName, count: number): void {
    this.#repairs.set(repair, (this.#repairs.get(repair) ?? 0) + count)
  }
}

function textIn({ bytes, start, length }: TextSlice): string {
  if (length === 0) return ''
  return escapedText(bytes.subarray(start, start + length))
}

const emptyScope: Scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 }
