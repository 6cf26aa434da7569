import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'

/** How an answer's bytes may be compressed. */
export type AnswerEncoding = 'br' | 'gzip'

/** Shorter answers are sent as they are: they fit into a packet or two. */
const compressedBytesMin = 1024

/** Levels at which either costs about as much as making the JSON that it compresses. */
const gzipOptions = { level: 3 }
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }

const gzipWhole = promisify(gzip)
const brotliWhole = promisify(brotliCompress)

/**
 * The encoding that a client likes best of those that we have, brotli where it likes both alike;
 * undefined for none. Names of encodings and weights that cannot be read count for nothing.
 *
 * Source: RFC 9110 section 12.5.3.
 */
export function answerEncodingOf(accepted: string | undefined): AnswerEncoding | undefined {
  const weights = new Map<string, number>()
  for (const entry of (accepted ?? '').toLowerCase().split(',').slice(0, entriesMax)) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim())
    weights.set(name, weightOf(parameters))
  }
  const weight = (name: string) => weights.get(name) ?? weights.get('*') ?? 0
  const br = weight('br')
  const gz = Math.max(weight('gzip'), weights.get('x-gzip') ?? 0)
  if (br === 0 && gz === 0) return undefined
  const best = br >= gz ? 'br' : 'gzip'
  return Math.max(br, gz) >= (weights.get('identity') ?? 0) ? best : undefined
}

/** More encodings than there are. */
const entriesMax = 32

function weightOf(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith('q='))
  if (text === undefined) return 1
  const weight = Number(text.slice('q='.length))
  return weight >= 0 && weight <= 1 ? weight : 0
}

/** A whole body, compressed where that is asked for and makes it shorter. */
export async function encodeWhole(
  body: Buffer,
  encoding: AnswerEncoding | undefined,
): Promise<{ readonly bytes: Buffer; readonly encoding: AnswerEncoding | undefined }> {
  if (encoding === undefined || body.length < compressedBytesMin) {
    return { bytes: body, encoding: undefined }
  }
  const bytes =
    encoding === 'br' ? await brotliWhole(body, brotliOptions) : await gzipWhole(body, gzipOptions)
  return bytes.length < body.length ? { bytes, encoding } : { bytes: body, encoding: undefined }
}

/** Compresses a body that comes in pieces. */
export function encoderOf(encoding: AnswerEncoding): Transform {
  return encoding === 'br' ? createBrotliCompress(brotliOptions) : createGzip(gzipOptions)
}
