import t from 'tap'
import {
  decodeBatches,
  decodePostSpansRequest,
} from '../../../bridge/jaeger-proto/decode-request.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'

type Fill = (writer: WireWriter) => void
const nothing: Fill = () => {}
const options = { arrivalUnixMs: 0 }

/** A KeyValue: its type, then whatever is said of its value. */
function tag(key: string, type: number, values: Fill): Fill {
  return (writer) => {
    writer.string(1, key)
    writer.int32(2, type)
    values(writer)
  }
}

interface Request {
  readonly request?: Fill
  readonly batch?: Fill
  readonly process?: Fill
  readonly span?: Fill
}

/** A request of one span of a service. */
function bytesOf({
  request = nothing,
  batch = nothing,
  process = nothing,
  span = nothing,
}: Request) {
  const writer = new WireWriter()
  writer.message(1, (one) => {
    one.message(1, (body) => {
      body.bytes(1, Buffer.alloc(16, 1))
      body.bytes(2, Buffer.alloc(8, 2))
      body.string(3, 'get')
      span(body)
    })
    one.message(2, (body) => {
      body.string(1, 'cart')
      process(body)
    })
    batch(one)
  })
  request(writer)
  return writer.finish()
}

const text =
  (number: number, value: string): Fill =>
  (writer) =>
    writer.string(number, value)
const tagOf =
  (number: number, one: Fill): Fill =>
  (writer) =>
    writer.message(number, one)

const lossy: readonly (readonly [what: string, request: Request, lost: number])[] = [
  ['an unknown field of the request', { request: text(9, 'important') }, 1],
  ['an unknown field of the batch', { batch: text(9, 'important') }, 1],
  ['a process id', { span: text(11, 'p1') }, 1],
  ['a text beside v_type INT64', { span: tagOf(8, tag('k', 2, text(3, 'important'))) }, 1],
  ['a text beside an unknown v_type', { span: tagOf(8, tag('k', 9, text(3, 'important'))) }, 1],
  [
    'all but one of five values',
    {
      span: tagOf(
        8,
        tag('k', 2, (writer) => {
          writer.string(3, 'text')
          writer.boolAlways(4, true)
          writer.int64Always(5, 1n)
          writer.doubleAlways(6, 0.5)
          writer.bytesAlways(7, Buffer.of(1))
        }),
      ),
    },
    4,
  ],
  [
    'two keys',
    { span: tagOf(8, (writer) => [text(1, 'a'), text(1, 'b')].map((one) => one(writer))) },
    1,
  ],
  ['a tag of a log', { span: tagOf(9, tagOf(2, tag('k', 2, text(3, 'important')))) }, 1],
  ['a second name', { span: text(3, 'second') }, 1],
  [
    'second flags and times',
    {
      span: (writer) => {
        for (const value of [1, 2]) {
          writer.int32(5, value)
          writer.message(6, (time) => time.int32(1, value))
          writer.message(7, (time) => time.int32(1, value))
        }
      },
    },
    3,
  ],
  ['a process that no span has', { span: tagOf(10, text(1, 'own')) }, 1],
  ['a second service name', { process: text(1, 'other') }, 1],
  ['a name beside a tag of it', { process: tagOf(2, tag('service.name', 0, text(3, 'other'))) }, 1],
  [
    'names beside the last tag of them',
    {
      process: (writer) => {
        for (const name of ['a', 'b']) writer.message(2, tag('service.name', 0, text(3, name)))
      },
    },
    2,
  ],
]
for (const [what, request, lost] of lossy) {
  t.test(`decodePostSpansRequest() counts ${what} as lost`, async (t) => {
    // The second time its process is known already.
    for (const bytes of [bytesOf(request), bytesOf(request)]) {
      const { batch, skippedFields } = decodePostSpansRequest(bytes, options)
      t.equal(spanCount(batch), 1)
      t.equal(skippedFields, lost)
    }
    const twice = Buffer.concat([bytesOf(request), bytesOf(request)])
    const isShared = what.includes('name') && 'process' in request
    t.equal(decodeBatches(twice, options).skippedFields, isShared ? lost : 2 * lost)
  })
}

t.test('decodePostSpansRequest() counts nothing where nothing is lost', async (t) => {
  const fine: readonly Request[] = [
    {},
    {
      span: tagOf(
        8,
        tag('k', 2, (writer) => writer.int64Always(5, 0n)),
      ),
    },
    // Defaults are as if they were left out.
    {
      span: tagOf(
        8,
        tag('k', 2, (writer) => {
          writer.bytesAlways(3, Buffer.alloc(0))
          writer.boolAlways(4, false)
          writer.int64Always(5, 7n)
          writer.doubleAlways(6, 0)
          // Jaeger's client for Node.
          writer.bytesAlways(7, Buffer.alloc(8))
        }),
      ),
    },
    { process: tagOf(2, tag('service.name', 0, text(3, 'cart'))) },
    { span: text(99, 'kept as it is') },
  ]
  for (const request of fine) {
    t.equal(decodePostSpansRequest(bytesOf(request), options).skippedFields, undefined)
  }
})

t.test('a span that is refused is told once', async (t) => {
  const bytes = bytesOf({
    span: (writer) => {
      writer.string(3, 'second')
      writer.bytes(1, Buffer.alloc(3))
    },
  })
  const { rejected, skippedFields } = decodePostSpansRequest(bytes, options)
  t.equal(rejected.length, 1)
  t.equal(skippedFields, undefined)
})
