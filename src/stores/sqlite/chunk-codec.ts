import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { GatewayError } from '../../errors/gateway-error.ts'
import { checked, checksumBytes, putChecksum } from './checksum.ts'

/**
 * A chunk: bodies of spans one behind the other.
 *
 *   u8 format: 0 as they are, 1 brotli; u32 size of the bodies, little-endian; the bytes; checksum
 *
 * Brotli of the lowest quality is in Node and costs less than half of what writing the bytes as they
 * are would cost in log and file. Each call makes an encoder, which small chunks pay for more often;
 * larger ones cost searches, which decompress a chunk to look at one span.
 */
export const chunkBytesMax = 256 * 1024

const Format = { raw: 0, brotli: 1 } as const
const headBytes = 5

const parameters = {
  [constants.BROTLI_PARAM_QUALITY]: 0,
  [constants.BROTLI_PARAM_LGWIN]: 18,
}

/** The stored form of bodies. @param seed as for `withChecksum` */
export function encodeChunk(bodies: Uint8Array, seed = 0): Uint8Array {
  const packed = brotliCompressSync(bodies, {
    // One piece for most: memory outside of the heap is what garbage is collected for here.
    chunkSize: Math.max(1024, bodies.length >>> 2),
    params: { ...parameters, [constants.BROTLI_PARAM_SIZE_HINT]: bodies.length },
  })
  const isSmaller = packed.length < bodies.length
  const content = isSmaller ? packed : bodies
  const stored = new Uint8Array(headBytes + content.length + checksumBytes)
  stored[0] = isSmaller ? Format.brotli : Format.raw
  new DataView(stored.buffer).setUint32(1, bodies.length, true)
  stored.set(content, headBytes)
  return putChecksum(stored, seed)
}

/** The reverse of `encodeChunk`. @throws GatewayError 'store_corrupt' when it is damaged */
export function decodeChunk(stored: Uint8Array, what = 'stored spans', seed = 0): Uint8Array {
  const bytes = checked(stored, what, seed)
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1, true)
  const content = bytes.subarray(headBytes)
  if (bytes[0] === Format.raw) return content
  if (bytes[0] !== Format.brotli) {
    throw new GatewayError(
      'store_corrupt',
      `Cannot read ${what}: a chunk has format ${bytes[0]}, must be 0 or 1`,
    )
  }
  // The checksum vouches for the size.
  const { buffer, byteOffset, length } = brotliDecompressSync(content, {
    chunkSize: Math.max(64, size + 1),
  })
  return new Uint8Array(buffer, byteOffset, length)
}

/** Spans whose bodies are in one chunk: from `first` to before `end`. */
export interface ChunkCut {
  readonly first: number
  readonly end: number
}

/**
 * Cuts spans into chunks of about the same size, at most `chunkBytesMax` each unless one span is
 * longer: an even cut leaves no small rest.
 */
export function cutChunks(lengths: ArrayLike<number>, first: number, end: number): ChunkCut[] {
  let left = 0
  for (let span = first; span < end; span++) left += lengths[span] as number
  const cuts: ChunkCut[] = []
  let start = first
  while (start < end) {
    const wanted = left / Math.max(1, Math.ceil(left / chunkBytesMax))
    let size = lengths[start] as number
    let at = start + 1
    while (at < end && size + (lengths[at] as number) / 2 <= wanted) {
      const next = size + (lengths[at] as number)
      if (next > chunkBytesMax) break
      size = next
      at++
    }
    cuts.push({ first: start, end: at })
    left -= size
    start = at
  }
  return cuts
}
