import type { FileHandle } from 'node:fs/promises'
import { open, readFile } from 'node:fs/promises'

/** Shorter documents are left to the garbage collector. */
const largeBytes = 1024 * 1024
const byteOrderMark = Buffer.from('\ufeff')

/**
 * Bytes of a document. Memory of a large one goes back to the system when it is freed: after it was read little is
 * allocated for hours, and so the engine would keep it for as long.
 */
export class DocumentBytes {
  /** Without the byte order mark that some editors write before UTF-8. */
  readonly bytes: Buffer
  readonly #memory: ArrayBuffer | undefined

  private constructor(bytes: Buffer, memory?: ArrayBuffer) {
    const hasMark = byteOrderMark.equals(bytes.subarray(0, byteOrderMark.length))
    this.bytes = hasMark ? bytes.subarray(byteOrderMark.length) : bytes
    this.#memory = memory
  }

  /** @param sizeBytes that the file is known to have; what it has behind them is not read */
  static async ofFile(path: string, sizeBytes: number): Promise<DocumentBytes> {
    // Pipes say that they have none.
    if (sizeBytes < largeBytes) return new DocumentBytes(await readFile(path))
    const file = await open(path)
    try {
      const memory = new ArrayBuffer(sizeBytes, { maxByteLength: sizeBytes })
      memory.resize(await readInto(file, Buffer.from(memory)))
      return new DocumentBytes(Buffer.from(memory), memory)
    } finally {
      await file.close()
    }
  }

  static ofPieces(pieces: readonly Uint8Array[]): DocumentBytes {
    const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0)
    if (sizeBytes < largeBytes) return new DocumentBytes(Buffer.concat(pieces))
    const memory = new ArrayBuffer(sizeBytes, { maxByteLength: sizeBytes })
    const bytes = Buffer.from(memory)
    let at = 0
    for (const piece of pieces) {
      bytes.set(piece, at)
      at += piece.length
    }
    return new DocumentBytes(bytes, memory)
  }

  /** Nobody reads them any more. */
  free(): void {
    this.#memory?.resize(0)
  }
}

/** Reads until the buffer is full or the file ends. @returns how many bytes there are */
async function readInto(file: FileHandle, bytes: Buffer): Promise<number> {
  let at = 0
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return at
}
