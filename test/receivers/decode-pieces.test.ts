import t from 'tap'
import type { Decoded } from '../../bridge/model/decoded.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import { decoders } from '../../src/receivers/decode-messages.ts'
import { decodePieces } from '../../src/receivers/decode-pieces.ts'
import type { DecodeJob } from '../../src/receivers/decode-thread.ts'

const arrivalUnixMs = 1_795_000_000_123
const { signal } = new AbortController()

/** What the thread would get, decoded here. */
function threadOf(jobs: DecodeJob[]) {
  return {
    decode: async (job: DecodeJob): Promise<Decoded> => {
      jobs.push(job)
      return decoders[job.format](Buffer.concat(job.pieces), { arrivalUnixMs })
    },
  }
}

/** An OTLP request: so many spans with so many attributes each. */
function otlpRequest(spans: number, attributes: number): Buffer {
  const writer = new WireWriter()
  writer.message(1, (resource) => {
    resource.message(2, (scope) => {
      for (let index = 0; index < spans; index++) {
        scope.message(2, (span) => {
          span.bytes(1, Buffer.alloc(16, 1))
          span.bytes(2, Buffer.alloc(8, index + 1))
          span.string(5, 'get')
          for (let at = 0; at < attributes; at++) span.message(9, (tag) => tag.string(1, 'a key'))
        })
      }
    })
  })
  return Buffer.from(writer.finish())
}

/** The same spans in Jaeger's protobuf. */
function jaegerRequest(spans: number, tags: number): Buffer {
  const writer = new WireWriter()
  writer.message(1, (batch) => {
    for (let index = 0; index < spans; index++) {
      batch.message(1, (span) => {
        span.bytes(1, Buffer.alloc(16, 1))
        span.bytes(2, Buffer.alloc(8, index + 1))
        span.string(3, 'get')
        for (let at = 0; at < tags; at++) span.message(8, (tag) => tag.string(1, 'a key'))
      })
    }
  })
  return Buffer.from(writer.finish())
}

const requests = [
  ['otlp_proto', otlpRequest],
  ['jaeger_proto', jaegerRequest],
] as const
for (const [format, request] of requests) {
  for (const [spans, items] of [
    [100, 100],
    [1, 10_000],
  ] as const) {
    t.test(
      `decodePieces() leaves ${spans} spans with ${items} attributes in ${format} to the thread`,
      async (t) => {
        const jobs: DecodeJob[] = []
        const bytes = request(spans, items)
        const job = { format, pieces: [bytes], arrivalUnixMs, signal } as const
        const { batch, rejected } = await decodePieces(threadOf(jobs), job)
        t.equal(jobs.length, 1)
        t.equal(spanCount(batch), spans)
        t.same(rejected, [])
      },
    )
  }

  t.test(`decodePieces() decodes usual spans in ${format} itself`, async (t) => {
    const jobs: DecodeJob[] = []
    const job = { format, pieces: [request(100, 20)], arrivalUnixMs, signal } as const
    const { batch } = await decodePieces(threadOf(jobs), job)
    t.equal(jobs.length, 0)
    t.equal(spanCount(batch), 100)
  })
}
