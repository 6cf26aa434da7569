import { pino } from 'pino'
import t from 'tap'
import { buffersOf } from '../../bridge/model/batch-buffers.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import { DecodeThread } from '../../src/receivers/decode-thread.ts'

const logger = pino({ level: 'silent' })
const { signal } = new AbortController()
const arrivalUnixMs = 1_795_000_000_123

function otlpRequest(spans: number, nameLength = 10): Buffer {
  const writer = new WireWriter()
  writer.message(1, (resource) => {
    resource.message(2, (scope) => {
      for (let index = 0; index < spans; index++) {
        scope.message(2, (span) => {
          // Every tenth has a bad id.
          span.bytes(1, Buffer.alloc(index % 10 === 9 ? 3 : 16, 1))
          span.bytes(2, Buffer.alloc(8, (index % 255) + 1))
          span.string(5, 'n'.repeat(nameLength))
          span.fixed64(7, 1_795_000_000_000_000_000n)
          span.fixed64(8, 1_795_000_001_000_000_000n)
        })
      }
    })
  })
  return Buffer.from(writer.finish())
}

/** Of all threads. */
function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** Pieces that own their memory, as the transport gives them. */
function piecesOf(bytes: Buffer, pieceBytes: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const part = bytes.subarray(at, at + pieceBytes)
    const piece = Buffer.allocUnsafeSlow(part.length)
    part.copy(piece)
    pieces.push(piece)
  }
  return pieces
}

t.test('decode() gives what decoding here gives, from whole and cut requests', async (t) => {
  const thread = new DecodeThread({ logger })
  const request = otlpRequest(500)
  const expected = decodeRequest(request, { arrivalUnixMs, withTerms: true })
  t.equal(expected.rejected.length, 50)
  for (const pieceBytes of [request.length, 10_000, 999]) {
    const pieces = piecesOf(request, pieceBytes)
    const job = { format: 'otlp_proto', pieces, arrivalUnixMs, signal } as const
    const { batch, rejected, repairs } = await thread.decode(job)
    t.same(batch, { ...expected.batch, bytes: new Uint8Array(expected.batch.bytes) })
    t.same(rejected, expected.rejected)
    t.same(repairs, expected.repairs)
  }
  await thread.close()
})

t.test('decode() stops at the next span when its signal aborts', async (t) => {
  const thread = new DecodeThread({ logger })
  const small = () => thread.decode({ ...job, pieces: [otlpRequest(1)], signal })
  const job = { format: 'otlp_proto', arrivalUnixMs } as const
  const pieces = () => [Buffer.from(request)]
  const request = otlpRequest(600_000)
  await small()
  // What other work on this machine delays is not counted.
  const start = process.cpuUsage()
  await thread.decode({ ...job, pieces: pieces(), signal })
  const wholeMs = cpuMsSince(start)
  const controller = new AbortController()
  const long = thread.decode({ ...job, pieces: pieces(), signal: controller.signal })
  const begun = process.cpuUsage()
  setTimeout(() => controller.abort(new Error('gone')), 1)
  await t.rejects(long, { message: 'gone' })
  await small()
  const cancelledMs = cpuMsSince(begun)
  t.ok(cancelledMs < wholeMs / 2, `${cancelledMs} ms, whole ${wholeMs} ms`)
  await thread.close()
})

t.test('decode() takes pieces of a shared buffer without taking the buffer', async (t) => {
  const thread = new DecodeThread({ logger })
  const request = otlpRequest(1)
  t.not(request.buffer.byteLength, request.length, 'it lies in a longer one')
  const short = Buffer.from(request)
  const job = { format: 'otlp_proto', pieces: [short], arrivalUnixMs, signal } as const
  t.equal(spanCount((await thread.decode(job)).batch), 1)
  t.equal(short.length, request.length, 'still here')
  await thread.close()
})

t.test('decode() hands on a WireError with code, message and offset', async (t) => {
  const thread = new DecodeThread({ logger })
  const broken = Buffer.from([0x0a, 0x7f, 1])
  let expected: unknown
  try {
    decodeRequest(broken, { arrivalUnixMs })
  } catch (error) {
    expected = error
  }
  for (const format of ['otlp_proto', 'jaeger_proto'] as const) {
    const failure = thread.decode({ format, pieces: [broken], arrivalUnixMs, signal })
    const error: unknown = await failure.catch((thrown: unknown) => thrown)
    t.type(error, WireError)
    if (format === 'otlp_proto') {
      const { code, message, offset } = expected as WireError
      t.match(error, { code, message, offset })
      t.equal((error as WireError).message, message)
    }
  }
  await thread.close()
})

t.test('a thread that dies is overloaded to its requests and started again', async (t) => {
  const url = new URL('./thread-that-fails.js', import.meta.url)
  const thread = new DecodeThread({ logger, url, retryAfterMs: 5 })
  const pieces = [otlpRequest(1)]
  for (let count = 0; count < 3; count++) {
    const job = { format: 'jaeger_proto', pieces, arrivalUnixMs, signal } as const
    await t.rejects(thread.decode(job), {
      code: 'overloaded',
      retryable: true,
      retryAfterMs: 5,
      message: 'Cannot decode request: the decoding thread has stopped (out of memory)',
    })
  }
  await thread.close()
})

t.test('decode() that waits in line ends when its client goes away', async (t) => {
  const url = new URL('./thread-that-fails.js', import.meta.url)
  const thread = new DecodeThread({ logger, url })
  const pieces = [otlpRequest(1)]
  const job = { format: 'otlp_proto', pieces, arrivalUnixMs } as const
  const underWay = [1, 2].map(() => thread.decode({ ...job, signal }).catch((error) => error.code))
  const gone = new AbortController()
  const waiting = thread.decode({ ...job, signal: gone.signal })
  gone.abort(new Error('gone'))
  await t.rejects(waiting, { message: 'gone' })
  await t.rejects(thread.decode({ ...job, signal: gone.signal }), { message: 'gone' })
  await thread.close()
  await thread.close()
  t.same(await Promise.all(underWay), ['overloaded', 'overloaded'])
  await t.rejects(thread.decode({ ...job, signal }), { code: 'overloaded' })
})

t.test('close() of a thread that never started is fine', async () => {
  await new DecodeThread({ logger }).close()
})

t.test(
  'buffersOf() finds every typed array, one object deeper too, each buffer once',
  async (t) => {
    const { batch } = decodeRequest(otlpRequest(3), { arrivalUnixMs })
    const four = (): Uint32Array => new Uint32Array(4)
    const terms = { names: four(), keys: four(), values: four(), starts: four() }
    const wider = { ...batch, terms, again: batch.spans.subarray(1) }
    const expected = [batch.bytes, batch.groups, batch.spans, batch.times, ...Object.values(terms)]
    t.same(new Set(buffersOf(wider)), new Set(expected.map(({ buffer }) => buffer)))
    t.equal(buffersOf(wider).length, 8)
  },
)
