import { parentPort } from 'node:worker_threads'
import type { DecodeRequest } from '../../src/receivers/decode-messages.ts'

// A decoding thread that dies of a request in Jaeger's format, and never answers another.

parentPort?.on('message', ({ format }: DecodeRequest) => {
  if (format === 'jaeger_proto') throw new Error('out of memory')
})
