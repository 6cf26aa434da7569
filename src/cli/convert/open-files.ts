import { createReadStream, createWriteStream, fstatSync, statSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { GatewayError } from '../../errors/gateway-error.ts'
import { ReaderGone } from '../reader-gone.ts'
import type { Sink } from './span-writer.ts'

/** Read at once. */
const readBytes = 256 * 1024

/** The bytes of a file, or of `standard` for `-`, decompressed where they are gzip. */
export async function* readInput(
  file: string,
  standard: () => Readable,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = file === '-' ? standard() : createReadStream(file, { highWaterMark: readBytes })
  try {
    const chunks: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
    const first = await firstBytes(chunks)
    if (first === undefined) return
    const whole = restOf(first, chunks)
    yield* first[0] === 0x1f && first[1] === 0x8b ? gunzip(whole) : whole
  } catch (error) {
    throw fileError('read', file, error)
  } finally {
    source.destroy()
  }
}

/** Decompresses, as fast as it is read. */
async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Readable } = await import('node:stream')
  const compressed = Readable.from(chunks, { objectMode: false, highWaterMark: readBytes })
  const plain = createGunzip({ chunkSize: readBytes })
  compressed.on('error', (error) => plain.destroy(error))
  try {
    yield* compressed.pipe(plain)
  } finally {
    compressed.destroy()
    plain.destroy()
  }
}

/** Two bytes at least, if there are two. */
async function firstBytes(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  let first = Buffer.alloc(0)
  while (first.length < 2) {
    const { done, value } = await chunks.next()
    if (done === true) return first.length === 0 ? undefined : first
    first = Buffer.concat([first, value])
  }
  return first
}

async function* restOf(
  first: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield first
  for (;;) {
    const { done, value } = await chunks.next()
    if (done === true) return
    yield value
  }
}

/** An output that can be written to, and ended. */
export interface Output {
  readonly write: Sink
  readonly end: () => Promise<void>
}

/**
 * A file that is written anew, or `standard` for `-`.
 *
 * @throws GatewayError when it is the file that is read
 */
export function openOutput(file: string, input: string, standard: () => Writable): Output {
  if (file === '-') return outputOf(standard(), 'standard output', false)
  if (isSameFile(file, input)) {
    throw new GatewayError('invalid_argument', `Cannot write ${file}: it is the file that is read`)
  }
  return outputOf(createWriteStream(file), file, true)
}

/** Written at once: small pieces are gathered up to this. */
const writeBytes = 256 * 1024

function outputOf(stream: Writable, name: string, isOurs: boolean): Output {
  let failure: Error | undefined
  stream.on('error', (error) => {
    failure ??= error
  })
  const settle = (work: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(fileError('write', name, error))
      if (failure !== undefined) {
        fail(failure)
        return
      }
      work((error) => (error ? fail(error) : resolve()))
    })
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    if (bytes.length > 0) await settle((done) => stream.write(bytes, done))
  }
  return {
    write: async (data) => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      waiting.push(bytes)
      waitingBytes += bytes.length
      if (waitingBytes >= writeBytes) await flush()
    },
    end: async () => {
      await flush()
      if (isOurs) await settle((done) => stream.end(done))
    },
  }
}

function isSameFile(file: string, input: string): boolean {
  try {
    const one = statSync(file)
    const other = input === '-' ? fstatSync(0) : statSync(input)
    return one.isFile() && one.dev === other.dev && one.ino === other.ino
  } catch {
    // A file that is not there yet is not the other one.
    return false
  }
}

function fileError(action: string, name: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  if (error.code === 'EPIPE') return new ReaderGone(error)
  // A name that cannot be used is a mistake of who gave it; a disk that is full or fails is none.
  const code = noRoom.has(String(error.code)) ? 'store_unavailable' : 'invalid_argument'
  return new GatewayError(code, `Cannot ${action} ${name}: ${error.message}`, { cause: error })
}

const noRoom: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'])
