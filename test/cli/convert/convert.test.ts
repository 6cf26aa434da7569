import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { encodeGroups } from '../../../bridge/otlp/encode-groups.ts'
import type { ConvertOptions } from '../../../src/cli/convert/convert.ts'
import { inputNames, outputNames } from '../../../src/cli/formats/format-names.ts'
import { formats } from '../../../src/cli/formats/format-table.ts'
import { text } from '../../bridge/round-trip/change-span.ts'
import { sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import { jaegerProtoFile } from '../../golden/golden-names.ts'
import { projectRoot } from '../../project-root.ts'
import { testDirectory } from '../../test-directory.ts'
import { run, spansIn, tracesOf } from './run-convert.ts'

const golden = join(projectRoot, 'test/golden')
const many = join(golden, `jaeger-proto/otlp-many${jaegerProtoFile.traces}`)

t.test('the names of the command line are the rows of the table', async (t) => {
  t.same(
    formats
      .filter(({ input }) => input)
      .map(({ name }) => name)
      .sort(),
    [...inputNames].sort(),
  )
  t.same(
    formats
      .filter(({ output }) => output)
      .map(({ name }) => name)
      .sort(),
    [...outputNames].sort(),
  )
})

const samples: Readonly<Record<(typeof inputNames)[number], string>> = {
  otlp_proto: `jaeger-proto/otlp-many${jaegerProtoFile.traces}`,
  otlp_json: `jaeger-proto/jaeger-many${jaegerProtoFile.translated}`,
  jaeger_proto: `jaeger-proto/jaeger-many${jaegerProtoFile.request}`,
  jaeger_thrift: 'batch',
  jaeger_ui_json: 'jaeger-json/jaeger-many.jaeger-1.65.0.json',
  zipkin_json: 'zipkin/in/plain.zipkin-3.5.1.v2.json',
  zipkin_v1_json: 'zipkin/in/plain.zipkin-3.5.1.v1.json',
  zipkin_thrift: 'zipkin/in/plain.zipkin-3.5.1.v1.thrift.bin',
  zipkin_proto: 'zipkin/in/plain.zipkin-3.5.1.v2.proto.bin',
}

for (const from of inputNames) {
  t.test(`convert() recognises ${from} and writes it in every format and back`, async (t) => {
    const file = from === 'jaeger_thrift' ? thriftBatch : join(golden, samples[from])
    const straight = await run(t, file, { to: 'otlp_proto' })
    t.ok(straight.isWell, straight.lines.join('\n'))
    const spans = spansIn(straight.output)
    t.ok(spans.length > 0)
    for (const to of outputNames) {
      const there = await run(t, file, { to, from })
      t.ok(there.isWell)
      t.match(there.lines.at(-1), new RegExp(`^\\d+ documents?; ${spans.length} spans?`))
      if (!(inputNames as readonly string[]).includes(to)) continue
      const back = await run(t, there.output, { to: 'otlp_proto' })
      t.ok(back.isWell, `${to} is recognised`)
      t.same(spansIn(back.output).sort(), spans.sort(), `${to} holds the same spans`)
    }
  })
}

t.test('convert() takes v2 JSON of Zipkin with binary annotations for v2', async (t) => {
  const ids = { traceId: '1', id: '1', name: 'a' }
  const binaryAnnotations = [{ key: 'lc', value: 'x', endpoint: { serviceName: 'cart' } }]
  const v2 = { ...ids, binaryAnnotations, localEndpoint: { serviceName: 'cart' } }
  for (const [span, service] of [
    [v2, 'cart'],
    [{ ...ids, binaryAnnotations }, 'cart'],
    [{ ...ids, tags: { k: 'v' }, binaryAnnotations }, 'missing-service-name'],
  ] as const) {
    const { isWell, lines, output } = await run(t, Buffer.from(JSON.stringify([span])), {
      to: 'zipkin_json',
    })
    t.ok(isWell, lines.join('\n'))
    t.match(JSON.parse(output.toString()), [{ localEndpoint: { serviceName: service } }])
  }
})

t.test('convert() reads every way in which messages and documents follow each other', async (t) => {
  const message = Buffer.from(tracesOf([1, 1], [1, 2]))
  const other = Buffer.from(tracesOf([2, 3]))
  const json = (await run(t, message, { to: 'otlp_json' })).output
  const mark = Buffer.from('\ufeff')
  const length = (bytes: Uint8Array) => {
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32BE(bytes.length)
    return prefix
  }
  t.ok(message.length >= 0x80 && message.length < 0x4000)
  const varint = Buffer.of((message.length & 0x7f) | 0x80, message.length >>> 7)
  const files: readonly [string, Uint8Array, number, number][] = [
    ['one message', Buffer.concat([message, other]), 1, 3],
    ['lengths of 4 bytes', Buffer.concat([length(message), message, length(other), other]), 2, 3],
    ['lengths as varints', Buffer.concat([varint, message, varint, message]), 2, 4],
    ['lines', Buffer.concat([json, json]), 2, 4],
    ['a list', Buffer.from(`[${json},${json}]`), 2, 4],
    ['with byte order marks', Buffer.concat([mark, json, mark, json]), 2, 4],
    ['with a mark before a list', Buffer.concat([mark, Buffer.from(` [${json}]`)]), 1, 2],
    ['with the line ends of Windows', Buffer.from(`${json}${json}`.replaceAll('\n', '\r\n')), 2, 4],
    ['gzip', gzipSync(Buffer.concat([json, json])), 2, 4],
    ['several gzip streams', Buffer.concat([gzipSync(json), gzipSync(json)]), 2, 4],
  ]
  for (const [name, bytes, documents, spans] of files) {
    const { isWell, lines } = await run(t, bytes, { to: 'otlp_proto' })
    t.ok(isWell, name)
    t.match(lines, [
      `${documents} document${documents === 1 ? '' : 's'}; ${spans} spans; nothing lost`,
    ])
  }
})

t.test('convert() takes no length in a message for the beginning of a call', async (t) => {
  // The fifth and sixth byte are 82 01, as those of a call by the compact protocol in a frame.
  const attributes = [text('service.name', 'n'.repeat(100)), text('k', 'v')]
  const resource = { attributes, droppedAttributesCount: 0 }
  const spans = Array.from({ length: 3 }, (_, at) => sampleSpan({ trace: 1, id: at + 1 }))
  const message = encodeGroups([{ ...sampleGroup(spans), resource }])
  t.same([...message.subarray(3, 6)], [0x0a, 0x82, 0x01])
  const { isWell, lines } = await run(t, message, { to: 'otlp_json' })
  t.ok(isWell)
  t.match(lines, ['1 document; 3 spans; nothing lost'])
})

t.test('convert() writes one document that is whole, also of nothing', async (t) => {
  const empty = Buffer.from('{"resourceSpans":[]}')
  for (const to of ['otlp_json', 'jaeger_ui_json', 'zipkin_json'] as const) {
    const none = (await run(t, empty, { to })).output.toString()
    t.equal(JSON.stringify(JSON.parse(none)), none.trimEnd())
    const some = (await run(t, many, { to })).output.toString()
    t.equal(JSON.stringify(JSON.parse(some)), some.trimEnd())
    t.equal(some.indexOf('\n'), some.length - 1, 'on one line')
  }
  t.equal((await run(t, empty, { to: 'otlp_proto' })).output.length, 0)
})

t.test('convert() gathers the spans of a trace from the whole file', async (t) => {
  const file = tracesOf([1, 1], [2, 2], [1, 3])
  const { output, lines } = await run(t, file, { to: 'jaeger_ui_json' })
  t.match(JSON.parse(output.toString()), {
    data: [
      {
        traceID: '0000000000000001',
        spans: [{ spanID: '0000000000000001' }, { spanID: '0000000000000003' }],
      },
      { traceID: '0000000000000002', spans: [{ spanID: '0000000000000002' }] },
    ],
  })
  t.match(lines, ['1 document; 3 spans; nothing lost'])
  const tree = (await run(t, file, { to: 'tree' })).output.toString()
  t.equal(tree.split('\n\n').length, 2, 'an empty line between traces')
})

t.test('convert() tells of traces that it could not hold until their last span', async (t) => {
  const ids = Array.from({ length: 40 }, (_, at): [number, number] => [1 + (at % 20), at + 1])
  const { isWell, output, lines } = await run(t, tracesOf(...ids), {
    to: 'jaeger_ui_json',
    partBytesMax: 4096,
  })
  t.ok(isWell)
  const { data } = JSON.parse(output.toString()) as { data: { spans: unknown[] }[] }
  t.equal(data.flatMap(({ spans }) => spans).length, 40)
  t.ok(data.length > 20)
  t.match(lines.at(-1), `${data.length - 20} traces in several parts`)
})

t.test('convert() stops at a bad document, and with keepGoing passes over it', async (t) => {
  const good = (await run(t, tracesOf([1, 1]), { to: 'otlp_json' })).output.toString()
  const other = (await run(t, tracesOf([1, 2]), { to: 'otlp_json' })).output.toString()
  const bad = '{"resourceSpans":[{"resource":5}]}\n'
  const file = Buffer.from(good + bad + other)
  const at = good.length + '{"resourceSpans":['.length + '{"resource":'.length
  const says = `standard input, byte ${at}, element 0: Cannot decode request: resourceSpans[0].resource must be an object`
  const stopped = await run(t, file, { to: 'otlp_json' })
  t.notOk(stopped.isWell)
  t.same(stopped.lines, [says, '2 documents; 1 span; 1 not read; nothing lost'])
  t.equal(stopped.output.toString(), good, 'what was read before is a whole document')
  const passed = await run(t, file, { to: 'otlp_json', keepGoing: true })
  t.notOk(passed.isWell)
  t.same(passed.lines, [says, '3 documents; 2 spans; 1 not read; nothing lost'])
})

t.test('convert() loses no other line to one that was cut off', async (t) => {
  const lines: Buffer[] = []
  for (const id of [1, 2, 3])
    lines.push((await run(t, tracesOf([1, id]), { to: 'otlp_json' })).output)
  const [first, second, third] = lines as [Buffer, Buffer, Buffer]
  for (const length of [10, 19, 60, second.length - 5]) {
    const cut = Buffer.concat([first, second.subarray(0, length), Buffer.from('\n'), third])
    const {
      isWell,
      output,
      lines: said,
    } = await run(t, cut, { to: 'otlp_proto', from: 'otlp_json', keepGoing: true })
    t.notOk(isWell)
    t.match(said.at(-1), '2 spans; 1 not read', said.join('\n'))
    t.equal(spansIn(output).length, 2)
  }
})

t.test('convert() says which spans are refused, repaired, and what is lost', async (t) => {
  const span = {
    traceId: '1'.repeat(32),
    spanId: '1'.repeat(16),
    name: 'a',
    startTimeUnixNano: '5',
    endTimeUnixNano: '6',
  }
  const spans = [span, { ...span, spanId: 'x' }, { ...span, name: '' }]
  const json = JSON.stringify({ resourceSpans: [{ schemaUrl: 'u', scopeSpans: [{ spans }] }] })
  const { isWell, lines } = await run(t, Buffer.from(json), { to: 'jaeger_ui_json' })
  t.notOk(isWell)
  t.same(lines, [
    'standard input, byte 18, element 0: Cannot decode span: resourceSpans[0].scopeSpans[0].spans[1].spanId must be hex digits, is "x"',
    '1 document; 2 spans; refused span_id 1; repaired span_name_empty 1, service_name_missing 1; lost schema_url 1, nanoseconds 2',
  ])
})

t.test('convert() tells of fields that stand between spans', async (t) => {
  const { output } = await run(t, tracesOf([1, 1]), { to: 'jaeger_proto' })
  const plain = await run(t, output, { from: 'jaeger_proto', to: 'otlp_proto' })
  t.match(plain.lines.join(), /nothing lost$/)
  const more = Buffer.concat([output, Buffer.of(0x4a, 1, 0x61, 0x50, 5)])
  const converted = await run(t, more, { from: 'jaeger_proto', to: 'otlp_proto' })
  t.match(converted.lines.join(), /lost unknown_fields 2$/)
})

t.test('convert() tells of documents in which a wrong format finds nothing', async (t) => {
  const file = join(golden, samples.jaeger_ui_json)
  const { isWell, lines } = await run(t, file, { to: 'otlp_proto', from: 'otlp_json' })
  t.notOk(isWell)
  const lost = 'document_without_spans \\d+, unknown_fields \\d+'
  t.match(lines, [
    /: Cannot read spans: it has no span, but fields that otlp_json does not know; --from may be wrong$/,
    new RegExp(`^\\d+ documents; 0 spans; 1 not read; lost ${lost}$`),
  ])
  const nothing = await run(t, Buffer.from('{"resourceSpans":[]}'), { to: 'otlp_proto' })
  t.ok(nothing.isWell, 'a file without spans may be right')
})

t.test('convert() tells of at most 20 refused spans one by one', async (t) => {
  const spans = Array.from({ length: 50 }, () => ({ traceID: 'x' }))
  const file = Buffer.from(JSON.stringify({ traceID: '1', spans }))
  const { lines } = await run(t, file, { to: 'otlp_json' })
  t.equal(lines.length, 22)
  t.match(lines.slice(-2), [/more refused spans are only counted/, /0 spans; refused trace_id 50/])
})

const refusals: readonly [string, Uint8Array | string, Partial<ConvertOptions>, RegExp][] = [
  [
    'a file whose format cannot be told',
    Buffer.from('{"spans":[]}'),
    {},
    /^Cannot tell the format of standard input: say --from, one of otlp_proto, otlp_json, /,
  ],
  [
    'an empty file',
    Buffer.from(''),
    {},
    /^Cannot tell the format of standard input: it is empty; say/,
  ],
  [
    'JSON in UTF-16',
    Buffer.from('\ufeff{"resourceSpans":[]}', 'utf16le'),
    {},
    /^Cannot tell the format of standard input: it looks like text in UTF-16, and JSON is UTF-8/,
  ],
  ['a file that is not there', '/nowhere/file', {}, /^Cannot read \/nowhere\/file: ENOENT/],
  [
    'a gzip stream of which there is nothing',
    gzipSync(tracesOf([1, 1])).subarray(0, 10),
    { from: 'otlp_proto' },
    /^Cannot read -: unexpected end of file/,
  ],
  [
    'an output that cannot be written',
    tracesOf([1, 1]),
    { output: '/nowhere/file' },
    /^Cannot write \/nowhere\/file: ENOENT/,
  ],
  [
    'bytes on a terminal',
    tracesOf([1, 1]),
    {
      output: '-',
      to: 'otlp_proto',
      stdout: () => Object.assign(new PassThrough(), { isTTY: true }),
    },
    /otlp_proto is binary and this is a terminal; say -o FILE$/,
  ],
]
for (const [name, input, options, message] of refusals) {
  t.test(`convert() refuses ${name}`, async (t) => {
    await t.rejects(run(t, input, { to: 'otlp_json', ...options }), {
      name: 'GatewayError',
      message,
    })
  })
}

t.test('convert() does not write the file that it reads', async (t) => {
  const file = join(testDirectory(t, {}), 'spans')
  writeFileSync(file, tracesOf([1, 1]))
  const message = `Cannot write ${file}: it is the file that is read`
  await t.rejects(run(t, file, { to: 'otlp_json', output: file }), { message })
  t.equal(readFileSync(file).length, tracesOf([1, 1]).length)
})

/** A Batch by the binary protocol: process with a name, one span with ids and a name. */
const thriftBatch = Buffer.from(
  [
    '0c0001 0b0001 00000004 73686f70 00',
    '0f0002 0c 00000001',
    '0a0001 0000000000000007 0a0002 0000000000000000 0a0003 0000000000000009 0a0004 0000000000000000',
    '0b0005 00000003 474554 080007 00000001 0a0008 0005f5e100000000 0a0009 00000000000003e8 00',
    '00',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
)
