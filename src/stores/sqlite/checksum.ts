import xxhash from 'xxhash-wasm'
import { GatewayError } from '../../errors/gateway-error.ts'

// Compiled once while the module loads, so that callers need not wait.
const { h32Raw } = await xxhash()

/**
 * Bytes with four more behind them, XXH32 of all before, little-endian. SQLite notices damage only in
 * what it needs for finding rows; a flipped bit in a column would be a wrong answer.
 *
 * @param seed 0, or where the bytes belong, so that those of another row are told from them
 */
export function withChecksum(bytes: Uint8Array, seed = 0): Uint8Array {
  const stored = new Uint8Array(bytes.length + checksumBytes)
  stored.set(bytes)
  return putChecksum(stored, seed)
}

/** Fills the last four bytes, which are left for it. */
export function putChecksum(stored: Uint8Array, seed: number): Uint8Array {
  const end = stored.length - checksumBytes
  const hash = h32Raw(stored.subarray(0, end), seed)
  new DataView(stored.buffer, stored.byteOffset + end, checksumBytes).setUint32(0, hash, true)
  return stored
}

/**
 * The bytes before the checksum, not copied, and no `Buffer`, whose `slice` does not copy.
 *
 * @throws GatewayError 'store_corrupt' when they are not those that were stored
 */
export function checked(stored: Uint8Array, what: string, seed = 0): Uint8Array {
  const end = stored.length - checksumBytes
  if (end >= 0) {
    const bytes = new Uint8Array(stored.buffer, stored.byteOffset, end)
    const view = new DataView(stored.buffer, stored.byteOffset + end, checksumBytes)
    if (view.getUint32(0, true) === h32Raw(bytes, seed) >>> 0) return bytes
  }
  throw new GatewayError('store_corrupt', `Cannot read ${what}: its checksum is wrong`)
}

/** How many bytes a checksum takes. */
export const checksumBytes = 4
