import { parentPort } from 'node:worker_threads'
import { buffersOf } from '../../bridge/model/batch-buffers.ts'
import type { DecodeAnswer, DecodeRequest } from './decode-messages.ts'
import { DecodingCancelled, decoders, failureOf } from './decode-messages.ts'

// What the decoding thread runs; started by decode-thread.ts. One request after the other.

const port = parentPort
if (port === null) throw new Error('This file is for a worker thread')
port.on('message', (request: DecodeRequest) => {
  const { answer, transfer } = answerTo(request)
  port.postMessage(answer, transfer)
})

function answerTo({ id, format, pieces, arrivalUnixMs, cancelled }: DecodeRequest): {
  readonly answer: DecodeAnswer
  readonly transfer: ArrayBuffer[]
} {
  try {
    const onItems = () => {
      if (Atomics.load(cancelled, 0) !== 0) throw new DecodingCancelled('nobody waits')
    }
    const decoded = decoders[format](inOnePiece(pieces), { arrivalUnixMs, onItems })
    return { answer: { id, kind: 'decoded', decoded }, transfer: buffersOf(decoded.batch) }
  } catch (error) {
    return { answer: { id, kind: 'failed', failure: failureOf(error) }, transfer: [] }
  }
}

function inOnePiece(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  return first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces)
}
