import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Transform, Writable } from 'node:stream'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerEncoding } from './http-encoding.ts'
import { answerEncodingOf, encoderOf, encodeWhole } from './http-encoding.ts'
import type { BodyPiece, BodyPieces } from './http-route.ts'

/** Told of answers that wait for clients which take nothing, and ends them when others need the room. */
export interface WaitingAnswers {
  /** @param fail ends the answer with the error */
  wait(fail: (error: GatewayError) => void): {
    /** The client took something. */
    moved(): void
    /** The answer waits no longer. */
    end(): void
  }
}

/**
 * A body of up to so many bytes is kept until it is whole, so that it has a length and an ETag. Of a longer
 * one no tag is known before its first byte (docs/adr/0022-http-api.md).
 */
const wholeBytesMax = 256 * 1024

/** The beginning of a body: all of it, or what was made before it grew long. */
export type OpenedBody =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'long'; readonly first: readonly Buffer[]; readonly rest: BodyPieces }

/** Makes a body until it is whole or long. What its maker throws meanwhile can still become a status. */
export async function openBody(pieces: BodyPieces): Promise<OpenedBody> {
  const first: Buffer[] = []
  let size = 0
  while (size <= wholeBytesMax) {
    const next = await pieces.next()
    if (next.done === true) return { kind: 'whole', bytes: Buffer.concat(first) }
    const bytes = bytesOf(next.value)
    first.push(bytes)
    size += bytes.length
  }
  return { kind: 'long', first, rest: pieces }
}

/** Node writes texts much more slowly than bytes. */
function bytesOf(piece: BodyPiece): Buffer {
  if (typeof piece === 'string') return Buffer.from(piece)
  return Buffer.from(piece.buffer, piece.byteOffset, piece.length)
}

/** A request that a body answers. */
export interface AskedFor {
  readonly headers: IncomingHttpHeaders
  /** Whether a client may keep the answer: of GET, and of no other method. */
  readonly isKept: boolean
}

/** Status, headers and bytes of a body that is whole. */
export interface WholeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

/**
 * What a client gets of a body that is whole: compressed, or 304 without a body
 * when it names the ETag of one that is the same. The tag is weak, as it is of the text before it was
 * compressed, and clients must ask every time: a trace may have got another span since.
 *
 * Source: RFC 9110 sections 8.8.3 and 13.1.2.
 */
export async function wholeAnswer(
  body: Buffer,
  { headers, isKept }: AskedFor,
): Promise<WholeAnswer> {
  const cached = isKept ? { etag: tagOf(body), 'cache-control': 'no-cache' } : undefined
  if (cached !== undefined && namesTag(headers['if-none-match'], cached.etag)) {
    return { status: 304, headers: cached, body: '' }
  }
  const { bytes, encoding } = await encodeWhole(body, answerEncodingOf(headers['accept-encoding']))
  return { status: 200, headers: { ...cached, ...encodingHeaders(encoding) }, body: bytes }
}

function tagOf(body: Buffer): string {
  return `W/"${createHash('sha256').update(body).digest('base64url').slice(0, tagLength)}"`
}

/** 132 bits. */
const tagLength = 22

function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const opaque = etag.slice('W/'.length)
  return header.split(',').some((entry) => {
    const tag = entry.trim()
    return tag === '*' || tag === etag || tag === opaque
  })
}

/** Headers of a compressed body. */
export function encodingHeaders(encoding: AnswerEncoding | undefined): Record<string, string> {
  return encoding === undefined ? {} : { 'content-encoding': encoding }
}

/** What a long body is sent with. */
export interface LongBodyOptions {
  readonly response: ServerResponse
  readonly encoding: AnswerEncoding | undefined
  readonly waiting: WaitingAnswers | undefined
  readonly signal: AbortSignal
}

/**
 * Sends a body as fast as its client takes it: the next piece is made only when the one before has
 * left, so a slow client holds one piece of memory. Ends the response.
 *
 * @throws the signal's reason, GatewayError 'overloaded' when the client took nothing for too long, or
 * what the maker of the body throws; the maker was told to stop before
 */
export async function sendLongBody(
  { first, rest }: { readonly first: readonly Buffer[]; readonly rest: BodyPieces },
  options: LongBodyOptions,
): Promise<void> {
  const { response, encoding, signal } = options
  const encoder = encoding === undefined ? undefined : encoderOf(encoding)
  encoder?.pipe(response)
  try {
    for (const piece of first) await writePiece(piece, encoder, options)
    while (true) {
      const next = await rest.next()
      signal.throwIfAborted()
      if (next.done === true) break
      await writePiece(bytesOf(next.value), encoder, options)
    }
    ;(encoder ?? response).end()
  } catch (error) {
    encoder?.destroy()
    throw error
  } finally {
    await rest.return()
  }
}

/** A client shows that it takes something once for each of these. */
const writtenBytesMax = 64 * 1024

async function writePiece(
  bytes: Buffer,
  encoder: Transform | undefined,
  options: LongBodyOptions,
): Promise<void> {
  const output: Writable = encoder ?? options.response
  for (let at = 0; at < bytes.length; at += writtenBytesMax) {
    const isTaken = output.write(bytes.subarray(at, at + writtenBytesMax))
    if (!isTaken) await roomIn(output, options)
  }
}

/** Waits until the output takes more. */
async function roomIn(
  output: Writable,
  { response, waiting, signal }: LongBodyOptions,
): Promise<void> {
  signal.throwIfAborted()
  if (!output.writableNeedDrain) return
  await new Promise<void>((resolve, reject) => {
    const entry = waiting?.wait((error) => finish(error))
    const finish = (error?: unknown) => {
      entry?.end()
      output.off('drain', drained)
      response.off('drain', moved)
      signal.removeEventListener('abort', abort)
      if (error === undefined) resolve()
      else reject(error)
    }
    const drained = () => finish()
    const moved = () => entry?.moved()
    const abort = () => finish(signal.reason)
    output.on('drain', drained)
    response.on('drain', moved)
    signal.addEventListener('abort', abort)
  })
}
