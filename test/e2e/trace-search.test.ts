import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { testDirectory } from '../test-directory.ts'
import { readMetrics } from './admin-client.ts'
import type { Addresses } from './gateway-process.ts'
import { GatewayProcess } from './gateway-process.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(120_000)

async function start(t: Test, store: string): Promise<Addresses> {
  const gateway = await GatewayProcess.start({ store })
  t.teardown(() => gateway.stop())
  return gateway.ready()
}

interface FoundJson {
  readonly traceId: string
  readonly rootServiceName: string
  readonly spanCount: number
  readonly spans: readonly { readonly selected?: Readonly<Record<string, unknown>> }[]
}

t.test('trace find and trace export find by text and flags what was sent', async (t) => {
  const directory = testDirectory(t)
  const { otlpGrpc, queryGrpc } = await start(t, `sqlite:${directory}/data`)
  const sending = ['--endpoint', otlpGrpc, '--rate', '40', '--duration', '2s', '--seed', '11']
  const sent = await runProgram(['generate', ...sending])
  const [, spans] = /80 traces, (\d+) spans stored$/.exec(sent.stderr.trimEnd()) ?? []
  const find = (...args: readonly string[]) =>
    runProgram(['trace', 'find', '--endpoint', queryGrpc, ...args])

  const table = await find('{ resource.service.name = "storefront" }', '--limit', '5')
  t.match(table, { code: 0, stderr: '' })
  const [heading = '', ...rows] = table.stdout.trimEnd().split('\n')
  t.match(heading, /^TRACE +START +DURATION +SPANS +ERRORS +MATCHED +ROOT$/)
  t.equal(rows.length, 5)

  const text = '{ resource.service.name = "storefront" } > { duration > 0s } | select(name)'
  const json = JSON.parse((await find(text, '--format', 'json')).stdout) as FoundJson[]
  t.equal(json.length, 20, 'the limit')
  t.type(json[0]?.spans[0]?.selected?.['name'], 'string')
  const ndjson = await find('--service', 'storefront', '--since', '1h', '--format', 'ndjson')
  const lines = ndjson.stdout.trimEnd().split('\n')
  t.equal(lines.length, 20)
  t.equal((JSON.parse(lines[0] ?? '') as FoundJson).rootServiceName, 'storefront')
  const none = await find('--service', 'nobody', '--format', 'ndjson')
  t.same(none, { code: 0, stdout: '', stderr: '' })
  const otlp = await find('{}', '--limit', '2', '--format', 'otlp_json')
  t.equal((otlp.stdout.match(/"parentSpanId":""|"name":/g) ?? []).length > 4, true)

  const refused = await find('{ a = 1 }')
  t.match(refused, {
    code: 2,
    stderr: /line 1, column 3: "a" is no field.*\n {2}\{ a = 1 \}\n {4}\^\n$/,
  })
  const nothing = await find('{ .nobody = 1 }')
  t.match(nothing, { code: 0, stdout: /^TRACE .*\n$/, stderr: 'spangate: no trace matches\n' })
  t.match(await find('{}', '--service', 'a'), { code: 2, stderr: /flags and a query text/ })

  const file = join(directory, 'all.pb')
  const exported = await runProgram(['trace', 'export', file, '{}', '--endpoint', queryGrpc])
  t.same(exported, { code: 0, stdout: '', stderr: `spangate: 80 traces, ${spans} spans written\n` })
  const converted = await runProgram(['convert', file, '--to', 'otlp_json'])
  t.match(converted, { code: 0, stderr: new RegExp(`${spans} spans; nothing lost`) })

  const other = await start(t, 'memory:')
  const body = readFileSync(file)
  const headers = { 'content-type': 'application/x-protobuf' }
  const answer = await fetch(`http://${other.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers,
    body,
  })
  t.equal(answer.status, 200, 'an OTLP endpoint takes the file back')
  const sum = await readMetrics(other.admin)
  t.equal(sum('spangate_spans_stored_total', { receiver: 'otlp_http' }), Number(spans))
})
