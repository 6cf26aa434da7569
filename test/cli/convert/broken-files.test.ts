import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { projectRoot } from '../../project-root.ts'
import { run, spansIn, tracesOf } from './run-convert.ts'

const golden = join(projectRoot, 'test/golden')

for (const to of ['otlp_json', 'jaeger_ui_json', 'zipkin_json', 'tree'] as const) {
  t.test(`convert() of a gzip file that was cut is no whole document of ${to}`, async (t) => {
    const ids = Array.from({ length: 3000 }, (_, at) => [at + 1, at + 1] as const)
    const lines: Buffer[] = []
    for (let at = 0; at < ids.length; at += 100) {
      const { output } = await run(t, tracesOf(...ids.slice(at, at + 100)), { to: 'otlp_json' })
      lines.push(output)
    }
    const whole = gzipSync(Buffer.concat(lines))
    const damaged = Buffer.from(whole)
    damaged[whole.length - 6] = (damaged[whole.length - 6] as number) ^ 0xff
    const files: readonly [string, Uint8Array, RegExp][] = [
      [
        'in the middle',
        whole.subarray(0, whole.length / 2),
        /^Cannot read -: unexpected end of file/,
      ],
      ['in its checksum', whole.subarray(0, -4), /^Cannot read -: unexpected end of file/],
      ['damaged', damaged, /^Cannot read -: incorrect data check/],
      ['followed by others', Buffer.concat([whole, Buffer.from('rest')]), /^Cannot read -: /],
    ]
    for (const [name, file, why] of files) {
      const { isWell, output, lines: said } = await run(t, file, { to, keepGoing: true })
      t.notOk(isWell, name)
      t.match(said.at(-2), why, name)
      t.match(said.at(-2), /; what was read before is written, without an end$/)
      const count = Number(/; (\d+) spans/.exec(said.at(-1) ?? '')?.[1])
      t.ok(count > 100, `${name}: ${said.at(-1)}`)
      t.match(said.at(-1), /[1-9] not read/)
      const text = output.toString()
      t.ok(text.length > 10_000, 'what was read is written')
      if (to === 'tree') t.match(text, /\n\(the file that was read breaks off here\)\n$/)
      else t.throws(() => JSON.parse(text), SyntaxError)
    }
  })
}

const thrift = join(golden, 'jaeger-thrift')
const datagrams = [
  'compact',
  'compact-call',
  'binary',
  'binary-call',
  'binary-old',
  'binary-old-call',
]

t.test('convert() reads datagrams of Jaeger clients, also several and in frames', async (t) => {
  const read = (name: string) => readFileSync(join(thrift, `values.${name}.thrift-0.25.0.bin`))
  const framed = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const bare = await run(t, read('binary-batch'), { to: 'otlp_json' })
  const zipkin = readFileSync(join(golden, 'zipkin/in/datagram.agent-0.9.0.compact.bin'))
  const inZipkin = spansIn((await run(t, zipkin, { to: 'otlp_proto' })).output).length
  t.ok(inZipkin > 0)
  const inOne = spansIn((await run(t, read('binary'), { to: 'otlp_proto' })).output).length
  for (const name of datagrams) {
    const one = await run(t, read(name), { to: 'otlp_json' })
    t.same(one.lines.length, 1, one.lines.join('\n'))
    t.same(one.output, bare.output, `${name} is its batch`)
    const files: readonly [string, Uint8Array, number, number][] = [
      ['two', Buffer.concat([read(name), read(name)]), 2, 2 * inOne],
      ['in frames', Buffer.concat([framed(read(name)), framed(read(name))]), 2, 2 * inOne],
      ['with more behind it in its frame', framed(Buffer.concat([read(name), zipkin])), 1, inOne],
      ["before one of Zipkin's", Buffer.concat([read(name), zipkin]), 2, inOne + inZipkin],
      ['beside a bare batch', Buffer.concat([read('binary-batch'), read(name)]), 2, 2 * inOne],
    ]
    for (const [how, bytes, documents, spans] of files) {
      const { isWell, lines } = await run(t, bytes, { to: 'otlp_proto' })
      t.ok(isWell, `${name}, ${how}`)
      const says = `${documents} document${documents === 1 ? '' : 's'}; ${spans} span${spans === 1 ? '' : 's'};`
      t.ok(lines.at(-1)?.startsWith(says), `${name}, ${how}: ${lines.at(-1)}`)
    }
  }
})

t.test('convert() says which datagram is bad, and goes on behind its frame', async (t) => {
  const good = readFileSync(join(thrift, 'values.compact.thrift-0.25.0.bin'))
  const inGood = spansIn((await run(t, good, { to: 'otlp_proto' })).output).length
  const other = Buffer.from(good)
  other.write('emitOther', good.indexOf('emitBatch'))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(good.length)
  const file = Buffer.concat([length, other, length, good])
  const { isWell, lines } = await run(t, file, { to: 'otlp_proto', keepGoing: true })
  t.notOk(isWell)
  t.match(lines, [
    /byte \d+: Cannot read Thrift message: its method is "emitOther", must be emitBatch or emitZipkinBatch$/,
    `2 documents; ${inGood} span; 1 not read; nothing lost`,
  ])
  const cut = await run(t, Buffer.concat([length, good.subarray(0, 50)]), { to: 'otlp_proto' })
  t.match(cut.lines, [
    `standard input, byte 4: Cannot read messages: the frame has ${good.length} bytes, and 50 are left`,
    /1 not read/,
  ])
})
