import xxhash from 'xxhash-wasm'
import type { SpanBatch } from './span-batch.ts'
import { GroupField, groupStride, SpanField, spanStride } from './span-batch.ts'

// Compiled once while the module loads, so that callers need not wait.
const { h64Raw } = await xxhash()

/**
 * The part of a span's identity that comes from its content (docs/adr/0003-span-identity.md): the
 * tenant, the trace id, the span id and this number together say which span it is.
 *
 * XXH64 with seed 0 over five parts in this order, each as its length in bytes (4 bytes,
 * little-endian) followed by the bytes as the batch holds them: resource schema URL, Resource body,
 * scope schema URL, InstrumentationScope body, Span body. An absent part has length 0, like an
 * empty one. Fields of ResourceSpans and ScopeSpans that we do not know do not count.
 *
 * @returns an unsigned 64-bit number
 */
export function spanIdentity(batch: SpanBatch, span: number): bigint {
  const row = span * spanStride
  const group = (batch.spans[row + SpanField.group] as number) * groupStride
  const groups = batch.groups
  const spanLength = batch.spans[row + SpanField.length] as number
  let size = 4 + spanLength
  for (const field of groupParts) size += 4 + (groups[group + field + 1] as number)
  const parts = size <= scratch.length ? scratch : new Uint8Array(size)
  let at = 0
  for (const field of groupParts) {
    const offset = groups[group + field] as number
    at = putPart(parts, at, batch.bytes, offset, groups[group + field + 1] as number)
  }
  putPart(parts, at, batch.bytes, batch.spans[row + SpanField.offset] as number, spanLength)
  return h64Raw(parts.subarray(0, size), 0n)
}

const groupParts = [
  GroupField.resourceSchemaUrl,
  GroupField.resource,
  GroupField.scopeSchemaUrl,
  GroupField.scope,
] as const

/** Most spans fit here; every call writes all that it reads. */
const scratch = new Uint8Array(16 * 1024)

function putPart(
  into: Uint8Array,
  at: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  into[at] = length & 0xff
  into[at + 1] = (length >>> 8) & 0xff
  into[at + 2] = (length >>> 16) & 0xff
  into[at + 3] = length >>> 24
  into.set(bytes.subarray(offset, offset + length), at + 4)
  return at + 4 + length
}
