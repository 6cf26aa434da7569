import { createGunzip, createInflate } from 'node:zlib'
import type { ErrorCode } from '../errors/gateway-error.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Pieces } from './message-collector.ts'
import { inFewPieces } from './message-collector.ts'

/** How a message may be compressed: the encodings of gRPC that every client knows. */
export const messageEncodings = ['gzip', 'deflate'] as const
/** One of `messageEncodings`. */
export type MessageEncoding = (typeof messageEncodings)[number]

/** What decompressing one message has to keep to. */
export interface DecompressOptions {
  readonly encoding: MessageEncoding
  readonly maxBytes: number
  /** The setting that `maxBytes` comes from. */
  readonly maxSetting: string
  /** Where what cannot be decompressed is counted, since nothing behind this knows of it. */
  readonly metrics: Metrics
  readonly listener: string
  /** Waits until that much more may be held; what it throws ends the work. */
  readonly reserve: (sizeBytes: number) => Promise<void>
}

const chunkBytesMin = 4 * 1024
const chunkBytesMax = 256 * 1024

/**
 * Decompresses one message, piece by piece, on Node's thread pool: no piece is made before there is
 * room for the one before, so a small message that grows without end costs no more than `maxBytes`.
 *
 * @returns one piece, or several of a message that is larger than `wholeBytesMax`
 * @throws GatewayError 'too_large' past `maxBytes`, 'invalid_argument' for bytes that are no such
 * stream, and whatever `reserve` throws
 */
export async function decompress(message: Pieces, options: DecompressOptions): Promise<Pieces> {
  try {
    return await decompressed(message, options)
  } catch (error) {
    countDecompressFailure(options, error)
    throw error
  }
}

async function decompressed(message: Pieces, options: DecompressOptions): Promise<Pieces> {
  const chunkSize = chunkBytes(message, options.encoding)
  const decoder =
    options.encoding === 'gzip' ? createGunzip({ chunkSize }) : createInflate({ chunkSize })
  const pieces: Buffer[] = []
  let sizeBytes = 0
  for (const piece of message) decoder.write(piece)
  decoder.end()
  try {
    for await (const piece of decoder as AsyncIterable<Buffer>) {
      sizeBytes += piece.length
      if (sizeBytes > options.maxBytes) throw tooLarge(options)
      await options.reserve(piece.length)
      pieces.push(piece)
    }
  } catch (error) {
    if (!isZlibError(error)) throw error
    throw new GatewayError(
      'invalid_argument',
      `Cannot decompress message: it is not ${options.encoding}`,
      { cause: error },
    )
  } finally {
    decoder.destroy()
  }
  const rest = message.reduce((sum, piece) => sum + piece.length, 0) - decoder.bytesWritten
  // Of gzip zlib says so itself.
  if (rest > 0) {
    const state = `${rest} bytes are behind the ${options.encoding} stream`
    throw new GatewayError('invalid_argument', `Cannot decompress message: ${state}`)
  }
  return pieces.length === 1 ? pieces : inFewPieces(pieces, sizeBytes)
}

/** Counts a message that was not decompressed because of this; a client that is gone knows it. */
export function countDecompressFailure(
  { metrics, listener }: Pick<DecompressOptions, 'metrics' | 'listener'>,
  error: unknown,
): void {
  const reason = error instanceof GatewayError ? givenUpReasons[error.code] : undefined
  if (reason === undefined) return
  metrics.add('spangate_messages_given_up_total', 1, { listener, reason })
}

/** By the code of the error. */
const givenUpReasons: Readonly<Partial<Record<ErrorCode, string>>> = {
  too_large: 'too_large',
  overloaded: 'overloaded',
  invalid_argument: 'encoding',
  unimplemented: 'encoding',
}

/** A message over its limit; sending it again cannot help. */
export function tooLargeMessage(
  sizeBytes: number | undefined,
  maxBytes: number,
  maxSetting: string,
): GatewayError {
  const size = sizeBytes === undefined ? 'decompresses to more' : `has ${sizeBytes} bytes`
  return new GatewayError(
    'too_large',
    `Cannot receive message: it ${size}, ${maxSetting} is ${maxBytes}`,
  )
}

function tooLarge(options: DecompressOptions): GatewayError {
  return tooLargeMessage(undefined, options.maxBytes, options.maxSetting)
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

/**
 * A piece that takes an honest message whole: gzip ends with its length (RFC 1952 section 2.3.1,
 * ISIZE). One that lies gets more pieces, or a larger buffer than it fills.
 */
function chunkBytes(message: Pieces, encoding: MessageEncoding): number {
  const last = message.at(-1)
  if (encoding !== 'gzip' || last === undefined || last.length < 4) return 16 * 1024
  const claimed = last.readUInt32LE(last.length - 4) + 1
  return Math.min(Math.max(claimed, chunkBytesMin), chunkBytesMax)
}
