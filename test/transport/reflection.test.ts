import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { WireReader, WireType } from '../../bridge/wire/reader.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import { answerReflection } from '../../src/transport/reflection/answer-reflection.ts'
import { projectRoot } from '../project-root.ts'
import { descriptors, startListener } from './start-listener.ts'

const services = ['jaeger.api_v2.CollectorService', 'grpc.health.v1.Health']

/** The fields of an answer by number, those of the nested response under `response`. */
function ask(field: number, value: string | ((writer: WireWriter) => void)) {
  const request = new WireWriter()
  request.string(1, 'here')
  if (typeof value === 'string') request.stringAlways(field, value)
  else request.message(field, value)
  const bytes = Buffer.from(request.finish())
  const reader = new WireReader(answerReflection(descriptors, services, bytes))
  assert.equal(reader.tag() >>> 3, 1)
  assert.equal(reader.string(), 'here', 'the host is repeated')
  assert.equal(reader.tag() >>> 3, 2)
  assert.ok(bytes.equals(reader.slice()), 'the request is repeated')
  const kind = reader.tag() >>> 3
  const inner = new WireReader(reader.slice())
  assert.ok(!reader.more())
  const texts: string[] = []
  const numbers: number[] = []
  while (inner.more()) {
    const tag = inner.tag()
    if ((tag & 7) === WireType.bytes) texts.push(Buffer.from(inner.slice()).toString('latin1'))
    else numbers.push(inner.uint32())
  }
  return { kind, texts, numbers }
}

t.test('reflection lists the services of the listener alone', async (t) => {
  const { kind, texts } = ask(7, '*')
  t.equal(kind, 6)
  t.match(texts[0], /jaeger\.api_v2\.CollectorService/)
  t.equal(texts.length, 2)
})

t.test('reflection gives the file of every kind of symbol with all that it imports', async (t) => {
  for (const symbol of [
    'jaeger.api_v2.CollectorService',
    'jaeger.api_v2.CollectorService.PostSpans',
    'jaeger.api_v2.PostSpansRequest',
    '.jaeger.api_v2.PostSpansRequest.batch',
  ]) {
    const { kind, texts } = ask(4, symbol)
    t.equal(kind, 4, symbol)
    const names = texts.map((file) => /[\w/]+\.proto/.exec(file)?.[0])
    t.match(names[0], /collector\.proto$/, 'the file itself comes first')
    t.ok(names.includes('google/protobuf/timestamp.proto'), 'imports of imports too')
    t.equal(new Set(names).size, names.length, 'each once')
  }
  t.equal(ask(4, 'jaeger.api_v2.ValueType').kind, 4, 'an enum')
  t.equal(ask(4, 'jaeger.api_v2.BOOL').kind, 4, 'a value of an enum')
})

t.test('reflection gives a file by its name', async (t) => {
  const { kind, texts } = ask(3, 'jaeger/api_v2/model.proto')
  t.equal(kind, 4)
  t.match(texts[0], 'jaeger.api_v2')
})

t.test(
  'what reflection does not know is NOT_FOUND, an unknown question UNIMPLEMENTED',
  async (t) => {
    t.same(ask(4, 'nobody.Knows'), {
      kind: 7,
      texts: ['Cannot answer reflection: no symbol is named "nobody.Knows"'],
      numbers: [5],
    })
    t.same(ask(3, 'nobody.proto').numbers, [5])
    t.same(ask(6, 'nobody.Knows').numbers, [5])
    const extension = ask(5, (writer) => {
      writer.string(1, 'jaeger.api_v2.Span')
      writer.int32(2, 1000)
    })
    t.same(extension.numbers, [5])
    t.same(extension.texts, [
      'Cannot answer reflection: "jaeger.api_v2.Span" has no extension 1000',
    ])
    t.same(ask(9, 'x').numbers, [12])
  },
)

t.test('a message without extensions has none, which is no error', async (t) => {
  t.same(ask(6, 'jaeger.api_v2.Span'), { kind: 5, texts: ['jaeger.api_v2.Span'], numbers: [] })
})

t.test('an undecodable question is an error response', async (t) => {
  const answer = answerReflection(descriptors, services, Buffer.from([0x22, 0x7f, 1]))
  t.match(answer.toString('latin1'), /Cannot read field: its length is 127/)
})

const run = promisify(execFile)
const grpcurl = [
  join(projectRoot, '.cache/peers/bin/grpcurl'),
  join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'bin/grpcurl'),
].find((path) => existsSync(path))
const skip =
  grpcurl === undefined && process.env['CI'] === undefined
    ? 'needs grpcurl: go install github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4'
    : false

t.test(
  'grpcurl without proto files lists, describes with comments, and calls',
  { skip },
  async (t) => {
    const { port, close } = await startListener({ handle: async () => Buffer.alloc(0) })
    const ask = async (...args: string[]) => {
      const { stdout } = await run(grpcurl ?? 'grpcurl', ['-plaintext', ...args])
      return stdout
    }
    const address = `127.0.0.1:${port}`
    t.equal(await ask(address, 'list'), 'grpc.health.v1.Health\njaeger.api_v2.CollectorService\n')
    const described = await ask(address, 'describe', 'jaeger.api_v2.CollectorService')
    t.match(described, /\/\/ Stores spans/)
    t.match(await ask(address, 'describe', '.jaeger.api_v2.Span'), /google\.protobuf\.Timestamp/)
    const spans = '{"batch":{"spans":[{"operation_name":"a","start_time":"2026-01-01T00:00:00Z"}]}}'
    t.equal(await ask('-d', spans, address, 'jaeger.api_v2.CollectorService/PostSpans'), '{}\n')
    t.match(await ask(address, 'grpc.health.v1.Health/Check'), /SERVING/)
    const named = '{"service":"jaeger.api_v2.CollectorService"}'
    t.match(await ask('-d', named, address, 'grpc.health.v1.Health/Check'), /SERVING/)
    await close()
  },
)
