import { hashOf } from '../blocks/trace-dictionary.ts'

/**
 * A number for each of a tenant's traces: 53 bits of two hashes, so that among a million of them
 * another trace is taken for one of them once in 10^10.
 *
 * @param traceIds 16 bytes each
 */
export function traceKeysOf(tenant: string, traceIds: Uint8Array): Float64Array {
  const seed = seedOf(tenant)
  const keys = new Float64Array(traceIds.length / 16)
  for (let key = 0; key < keys.length; key++) {
    const at = key * 16
    let other = seed
    for (let byte = at; byte < at + 16; byte++) {
      other = (Math.imul(other, 31) + (traceIds[byte] as number)) | 0
    }
    other = Math.imul(other ^ (other >>> 15), 0x2c1b_3c6d)
    const hash = (hashOf(traceIds, at) ^ seed) >>> 0
    keys[key] = hash * 2_097_152 + ((other ^ (other >>> 11)) & 0x1f_ffff)
  }
  return keys
}

function seedOf(tenant: string): number {
  let seed = 0
  for (let at = 0; at < tenant.length; at++) {
    seed = (Math.imul(seed, 31) + tenant.charCodeAt(at)) | 0
  }
  return Math.imul(seed, 0x85eb_ca6b)
}
