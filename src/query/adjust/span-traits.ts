import { isZeroAt, traceIdLength } from '../../../bridge/model/identifier.ts'
import { shortVarint } from '../../../bridge/wire/short-varint.ts'
import { findText, textTable } from '../../../bridge/wire/text-table.ts'
import { varintLength } from '../../../bridge/wire/writer.ts'

/** What a span's own bytes may have that is looked at when it is adjusted; sums of these. */
export const Trait = {
  links: 1,
  /** A link that may have no trace. */
  badLink: 2,
  /** An attribute of one of the keys below. */
  adjustedKey: 4,
} as const

/** Whether a span of these traits may be shown otherwise than it is stored. */
export function mayNeedAdjusting(traits: number): boolean {
  return (traits & (Trait.badLink | Trait.adjustedKey)) !== 0
}

/** Attributes that say what recorded a span, and belong to its resource. */
export const sdkKeys = [
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
  'telemetry.distro.name',
  'telemetry.distro.version',
] as const
/** Attributes that are addresses, and sometimes numbers. */
export const addressKeys = ['ip', 'peer.ipv4'] as const

const adjustedKeys = textTable([...addressKeys, ...sdkKeys])
const badLinkTraits = Trait.links | Trait.badLink
const allTraits = Trait.links | Trait.badLink | Trait.adjustedKey

/**
 * The traits of the Span whose body is `bytes[start..end)`, in one walk over its fields. One that is
 * encoded in an odd way has all.
 */
export function traitsOf(bytes: Uint8Array, start: number, end: number): number {
  let traits = 0
  let at = start
  while (at < end) {
    const tag = shortVarint(bytes, at)
    if (tag < 0) return allTraits
    at += varintLength(tag)
    const type = tag & 7
    if (type === 1) at += 8
    else if (type === 5) at += 4
    else if (type === 0) {
      while ((bytes[at] as number) >= 0x80) at++
      at += 1
    } else {
      const length = type === 2 ? shortVarint(bytes, at) : -1
      if (length < 0) return allTraits
      at += varintLength(length)
      if (tag === linksTag) traits |= hasTraceId(bytes, at, length) ? Trait.links : badLinkTraits
      else if (tag === attributesTag && mayBeAdjusted(bytes, at, at + length)) {
        traits |= Trait.adjustedKey
      }
      at += length
    }
  }
  return traits
}

/** Whether a Link begins with the id of a trace. */
function hasTraceId(bytes: Uint8Array, start: number, length: number): boolean {
  const id = start + 2
  if (length < 2 + traceIdLength || bytes[start] !== 0x0a || bytes[start + 1] !== traceIdLength) {
    return false
  }
  return !isZeroAt(bytes, id, traceIdLength)
}

/** Whether a KeyValue has one of the keys, or may have, as it is not its key and then its value. */
function mayBeAdjusted(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return false
  if (bytes[start] !== keyTag) return true
  const keyLength = shortVarint(bytes, start + 1)
  if (keyLength < 0) return true
  const key = start + 1 + varintLength(keyLength)
  const keyEnd = key + keyLength
  if (findText(adjustedKeys, bytes, key, keyLength) >= 0) return true
  if (keyEnd === end) return false
  const length = bytes[keyEnd] === valueTag ? shortVarint(bytes, keyEnd + 1) : -1
  return length < 0 || keyEnd + 1 + varintLength(length) + length !== end
}

/** Fields 9 and 13 of a Span, 1 and 2 of a KeyValue. */
const attributesTag = 0x4a
const linksTag = 0x6a
const keyTag = 0x0a
const valueTag = 0x12
