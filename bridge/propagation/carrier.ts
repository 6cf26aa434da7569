import { Buffer, isUtf8 } from 'node:buffer'
import type { PropagationLimits } from './limits.ts'
import { defaultPropagationLimits } from './limits.ts'
import type { LossList } from './loss.ts'

/** Headers to read from, of whatever kind. */
export interface Carrier {
  /**
   * The values under this lower-case name, in their order; the case of names does not count. Values
   * that are no text or too long are left out and told to `losses`.
   */
  values(name: string, losses: LossList): readonly string[]
  /** Names as they are written, each once, of which the lower-case form begins like this. */
  namesWith(prefix: string, losses: LossList): readonly string[]
}

/**
 * Headers as libraries have them: Node's `IncomingHttpHeaders`, a fetch `Headers`, a `Map`, the
 * record of kafkajs, the list of one-key objects of the clients over librdkafka, pairs.
 */
export type HeaderSource =
  | Readonly<Record<string, unknown>>
  | Iterable<readonly [name: string | Uint8Array, value: unknown]>
  | Iterable<Readonly<Record<string, unknown>>>

/**
 * Reads from the headers of an HTTP request or of a message, such as one of Kafka. Values that are
 * neither text nor bytes are as absent. The source must not change while it is read.
 */
export function carrierOf(
  source: HeaderSource,
  limits: PropagationLimits = defaultPropagationLimits,
): Carrier {
  const index = new Map<string, Named[]>()
  const isWhole = indexEntries(source, index, limits.fieldsMax)
  const told = new WeakSet<LossList>()
  const tell = (losses: LossList) => {
    if (isWhole || told.has(losses)) return
    told.add(losses)
    losses.add('*', 'limit_fields')
  }
  return {
    values: (name, losses) => {
      tell(losses)
      return readValues(index.get(name) ?? [], name, limits, losses)
    },
    namesWith: (prefix, losses) => {
      tell(losses)
      return [...index]
        .filter(([name]) => name.startsWith(prefix))
        .map(([, of]) => of[0]?.name ?? '')
    },
  }
}

interface Named {
  readonly name: string
  readonly value: unknown
}

/** Fills the index by lower-case names. False when headers were left, which are not counted. */
function indexEntries(
  source: HeaderSource,
  index: Map<string, Named[]>,
  fieldsMax: number,
): boolean {
  let count = 0
  for (const [name, value] of headerEntries(source)) {
    if (value === undefined || value === null) continue
    if (++count > fieldsMax) return false
    const key = name.toLowerCase()
    const same = index.get(key)
    if (same === undefined) index.set(key, [{ name, value }])
    else same.push({ name, value })
  }
  return true
}

/** Each header with its name as text and its value as it is. */
export function* headerEntries(
  source: HeaderSource,
): Iterable<readonly [name: string, value: unknown]> {
  if (!isIterable(source)) {
    // A header may be called "constructor": only the object's own names are headers.
    yield* Object.entries(source)
    return
  }
  for (const item of source) {
    if (Array.isArray(item)) yield [nameOf(item[0]), item[1]]
    else if (typeof item === 'object' && item !== null) yield* Object.entries(item)
  }
}

function isIterable(source: HeaderSource): source is Iterable<unknown> & HeaderSource {
  return typeof (source as { [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function'
}

function nameOf(name: unknown): string {
  if (name instanceof Uint8Array) return textOf(name)
  return typeof name === 'string' ? name : ''
}

/** True for text and for bytes, which are what a header may say. */
export function isHeaderValue(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array
}

/** Bytes as UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
}

function readValues(
  named: readonly Named[],
  field: string,
  limits: PropagationLimits,
  losses: LossList,
): readonly string[] {
  const texts: string[] = []
  let bytes = 0
  for (const value of named.flatMap((entry) => entry.value)) {
    if (!isHeaderValue(value)) continue
    bytes += value.length
    if (bytes > limits.fieldBytesMax) losses.add(field, 'limit_field_bytes')
    else if (typeof value === 'string') texts.push(value)
    else if (isUtf8(value)) texts.push(textOf(value))
    else losses.add(field, 'not_utf8')
  }
  return texts
}
