import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import t from 'tap'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { projectRoot } from '../project-root.ts'
import { needs, peer } from './peers.ts'
import { isAsShown, transcriptsOf } from './transcripts.ts'

// What docs/grpc-api.md shows is what a reader sees who runs its commands one after the other.

t.setTimeout(120_000)

/** Everything that a command prints, to either stream. */
function printed(command: string, path: string): Promise<string> {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${path}:${process.env['PATH']}` }
    // A command that fails prints what the document shows, too.
    execFile('sh', ['-c', command], { env }, (_error, stdout, stderr) => resolve(stdout + stderr))
  })
}

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+(\.\d+)?/g, '#')
}

t.test('the commands of docs/grpc-api.md print what it shows', needs('grpcurl'), async (t) => {
  const transcripts = transcriptsOf(readFileSync(`${projectRoot}/docs/grpc-api.md`, 'utf8'))
  t.ok(transcripts.length >= 18)
  const gateway = await GatewayProcess.start({ store: 'memory:' })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryGrpc, storageGrpc } = await gateway.ready()
  const [program] = peer('grpcurl')
  const called = new Set<string>()
  for (const { command, output } of transcripts) {
    const here = command
      .replace('localhost:4317', otlpGrpc)
      .replace('localhost:16685', queryGrpc)
      .replace('localhost:17271', storageGrpc)
    const answer = await printed(here, dirname(program))
    // How a gateway does is another one's by now.
    const isExample = command.endsWith('/GetStatus')
    const isWell = isExample
      ? isAsShown(withoutNumbers(answer), withoutNumbers(output))
      : isAsShown(answer, output)
    // Both texts, for who has to mend one of them.
    if (!isWell) t.equal(answer.trimEnd(), output.trimEnd(), command)
    called.add(/\S+$/.exec(command)?.[0] ?? '')
  }
  const services = [
    ['jaeger.api_v2.QueryService', queryGrpc],
    ['jaeger.api_v3.QueryService', queryGrpc],
    ['jaeger.storage.v2.TraceReader', storageGrpc],
    ['jaeger.storage.v2.DependencyReader', storageGrpc],
    ['jaeger.storage.v2.Capabilities', storageGrpc],
    ['spangate.v1.StatusService', queryGrpc],
    ['spangate.v1.TraceSearchService', queryGrpc],
  ] as const
  for (const [service, address] of services) {
    const listed = await printed(`grpcurl -plaintext ${address} list ${service}`, dirname(program))
    for (const method of listed.trim().split('\n')) {
      t.ok(called.has(method.replace(/\.(?=[^.]+$)/, '/')), `${method} is shown`)
    }
  }
})

t.test('transcriptsOf() finds commands of several lines and what they print', async (t) => {
  const markdown =
    "text\n```console\n$ one '{\n  x}' \\\n  host\n{\n  y\n}\n$ two\n$ three\n'\nz\n```\n```sh\n$ no\n```\n"
  t.strictSame(transcriptsOf(markdown), [
    { command: "one '{\n  x}' \\\n  host", output: '{\n  y\n}\n' },
    { command: 'two', output: '' },
    { command: 'three', output: "'\nz\n" },
  ])
})

t.test('isAsShown() takes three dots for any lines', async (t) => {
  t.ok(isAsShown('a\nb\n', 'a\nb'))
  t.notOk(isAsShown('a\nb\n', 'a'))
  const shown = '{\n  "a": 1,\n  ...\n  "z": 2\n}'
  t.ok(isAsShown('{\n  "a": 1,\n  "b": [],\n  "c": 3,\n  "z": 2\n}\n', shown))
  t.notOk(isAsShown('{\n  "a": 1,\n  "b": [],\n  "z": 3\n}\n', shown))
  t.notOk(isAsShown('{\n  "z": 2\n}\n', shown))
  t.notOk(isAsShown('a.b', 'a\n...\nb'))
})
