import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants } from 'node:zlib'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ArchiveRow } from './archive-rows.ts'

const compress = promisify(brotliCompress)
const decompress = promisify(brotliDecompress)

/** The first byte of a row; another one is of a later version. */
const format = 1
const headBytes = 9
/** Longer ones were not written here: a part has one MiB or one span, and a span comes in a request. */
const unpackedBytesMax = 1024 * 1024 * 1024

/**
 * A row of these spans: a byte for its format, their arrival in ms (uint64, little-endian), and the
 * OTLP TracesData, compressed by brotli. The key is a hash of the tenant-less content, arrival left out.
 */
export async function encodeArchived(
  tracesData: Uint8Array,
  arrivalUnixMs: number,
): Promise<ArchiveRow> {
  const packed = await compress(tracesData, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 4,
      [constants.BROTLI_PARAM_SIZE_HINT]: tracesData.length,
    },
  })
  const bytes = new Uint8Array(headBytes + packed.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, format)
  view.setBigUint64(1, BigInt(Math.max(0, Math.trunc(arrivalUnixMs))), true)
  bytes.set(packed, headBytes)
  const key = new Uint8Array(createHash('sha256').update(tracesData).digest()).subarray(0, 16)
  return { key, bytes }
}

/** The spans of a row. @throws GatewayError 'store_corrupt' for other bytes */
export async function decodeArchived(bytes: Uint8Array): Promise<SpanBatch> {
  if (bytes.length < headBytes || bytes[0] !== format) {
    throw unreadable(`its format is ${bytes[0] ?? 'missing'}, must be ${format}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const arrivalUnixMs = Number(view.getBigUint64(1, true))
  try {
    const options = { maxOutputLength: unpackedBytesMax }
    const tracesData = await decompress(bytes.subarray(headBytes), options)
    const { batch, rejected } = decodeRequest(tracesData, { arrivalUnixMs })
    if (rejected.length === 0) return batch
  } catch (cause) {
    throw unreadable('its bytes changed', cause)
  }
  throw unreadable('its spans are bad')
}

function unreadable(state: string, cause?: unknown): GatewayError {
  return new GatewayError('store_corrupt', `Cannot read archived spans: ${state}`, { cause })
}
