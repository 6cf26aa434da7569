import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'
import { readMetrics } from './admin-client.ts'
import { QueryClient } from './gateway-clients.ts'
import { freePortOffset, GatewayProcess } from './gateway-process.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(120_000)

/** What OTLP JSON has of spans; only what is compared. */
interface JaegerJson {
  readonly data: readonly {
    readonly traceID: string
    readonly spans: readonly { readonly spanID: string }[]
  }[]
}

interface TracesJson {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string }[] }
    readonly scopeSpans: readonly {
      readonly spans: readonly { readonly traceId: string; readonly spanId: string }[]
    }[]
  }[]
}

for (const kind of ['sqlite', 'memory'] as const) {
  t.test(`generate sends what trace get shows again, from ${kind}`, async (t) => {
    const store = kind === 'memory' ? 'memory:' : `sqlite:${testDirectory(t)}/data`
    const gateway = await GatewayProcess.start({ store })
    t.teardown(() => gateway.stop())
    const { otlpGrpc, queryGrpc, admin } = await gateway.ready()
    const flags = ['--endpoint', otlpGrpc, '--rate', '20', '--duration', '2500ms', '--seed', '7']
    const ran = await runProgram(['generate', ...flags])
    t.match(ran, { code: 0, stdout: '' })
    const lines = ran.stderr.trimEnd().split('\n')
    t.ok(lines.length >= 3, 'it shows its progress about each second')
    for (const line of lines) t.match(line, /^\d+\.\d s: \d+ traces, \d+ spans stored$/)
    const spans = Number(/50 traces, (\d+) spans stored$/.exec(lines.at(-1) ?? '')?.[1])
    const sum = await readMetrics(admin)
    t.equal(sum('spangate_spans_stored_total', { receiver: 'otlp_grpc' }), spans)
    const client = new QueryClient(queryGrpc)
    t.teardown(() => client.close())
    await checkTrace(t, queryGrpc, client)
  })
}

async function checkTrace(t: Test, endpoint: string, client: QueryClient): Promise<void> {
  const [traceId = ''] = await client.traceIds('storefront')
  t.match(traceId, /^[0-9a-f]{32}$/, 'a trace can be found')
  const expected = await client.spanIds(Buffer.from(traceId, 'hex'))
  const tree = await runProgram(['trace', 'get', traceId, '--endpoint', endpoint])
  t.match(tree, { code: 0, stderr: '' })
  const [heading = '', ...rows] = tree.stdout.trimEnd().split('\n')
  t.match(heading, new RegExp(`^trace ${traceId}: ${expected.length} spans, \\d services?, `))
  t.equal(rows.length, expected.length, 'a line for each span')
  t.match(rows[0], /^storefront (GET|POST) .* \[server\] +\+0ns \d/)
  const json = await runProgram(['trace', 'get', traceId, '--json', '--endpoint', endpoint])
  t.match(json, { code: 0, stderr: '' })
  const { resourceSpans } = JSON.parse(json.stdout) as TracesJson
  const shown = resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map((span) => ({ traceId: span.traceId, spanId: span.spanId }))
  t.same(
    shown.map(({ spanId }) => spanId).sort(),
    [...expected].sort(),
    '--json has the spans of api_v3',
  )
  t.ok(shown.every((span) => span.traceId === traceId))
  const jaeger = await runProgram([
    ...['trace', 'get', traceId, '--format', 'jaeger_ui_json', '--endpoint', endpoint],
  ])
  t.match(jaeger, { code: 0, stderr: '' })
  const { data } = JSON.parse(jaeger.stdout) as JaegerJson
  t.equal(data.length, 1)
  t.equal(data[0]?.traceID, traceId)
  t.same(data[0]?.spans.map(({ spanID }) => spanID).sort(), [...expected].sort())
  const zipkin = await runProgram([
    ...['trace', 'get', traceId, '--format', 'zipkin_json', '--endpoint', endpoint],
  ])
  t.match(zipkin, { code: 0, stderr: '' })
  const spans = JSON.parse(zipkin.stdout) as { readonly id: string }[]
  t.same(spans.map(({ id }) => id).sort(), [...expected].sort())
  t.match(await runProgram(['trace', 'get', traceId, '--format', 'xml']), {
    code: 2,
    stderr:
      /Allowed choices are tree, otlp_proto, otlp_json, jaeger_proto, jaeger_thrift, jaeger_ui_json, zipkin_json, zipkin_proto/,
  })
  const unknown = 'f'.repeat(32)
  t.same(await runProgram(['trace', 'get', unknown, '--endpoint', endpoint]), {
    code: 1,
    stdout: '',
    stderr: `spangate: NOT_FOUND from ${endpoint}: Cannot get trace ${unknown}: trace not found\n`,
  })
  t.match(await runProgram(['trace', 'get', 'xyz', '--endpoint', endpoint]), {
    code: 2,
    stdout: '',
    stderr: /^spangate: INVALID_ARGUMENT from .* trace_id is "xyz", must be 1 to 32 hex digits\n$/,
  })
}

t.test('a command whose gateway is not there ends with 1 and names the endpoint', async (t) => {
  const endpoint = `127.0.0.1:${4317 + (await freePortOffset())}`
  const says = new RegExp(`^spangate: Cannot reach ${endpoint}: .*\n$`)
  const got = await runProgram(['trace', 'get', 'abc', '--endpoint', endpoint])
  t.match(got, { code: 1, stdout: '', stderr: says })
  const generated = await runProgram(['generate', '--endpoint', endpoint, '--duration', '100ms'])
  t.match(generated, { code: 1, stdout: '' })
  t.match(generated.stderr, new RegExp(says.source.slice(1), 'm'))
})

t.test('generate says when its spans are refused', async (t) => {
  const gateway = await GatewayProcess.start({
    store: 'memory:',
    args: ['--otlp.grpc.max-message-size', '1KiB'],
  })
  t.teardown(() => gateway.stop())
  const { otlpGrpc } = await gateway.ready()
  const flags = ['--endpoint', otlpGrpc, '--duration', '1s', '--rate', '20']
  const ran = await runProgram(['generate', ...flags])
  t.match(ran, { code: 1, stdout: '' })
  t.match(
    ran.stderr,
    /spangate: RESOURCE_EXHAUSTED from 127\.0\.0\.1:\d+: .*otlp\.grpc\.max-message-size/,
  )
})

t.test('doctor takes the settings of the gateway behind its name, too', async (t) => {
  const ports = ['--port-offset', String(await freePortOffset())]
  const behind = await runProgram(['doctor', '--store', 'memory:', ...ports])
  t.match(behind, { stdout: /^ok +store: memory: can be used/m })
  const mixed = await runProgram(['--store', 'oracle:', 'doctor', ...ports])
  t.match(mixed, { code: 1, stdout: /^FAIL +store: .*"oracle:"/m })
  const unknown = await runProgram(['doctor', '--nosuch', '1'])
  t.match(unknown, { code: 2, stderr: /unknown option '--nosuch'/ })
})

t.test('convert writes a file in another format and tells what came of it', async (t) => {
  const file = join(projectRoot, 'test/golden/jaeger-json/jaeger-logs.jaeger-1.65.0.json')
  const ran = await runProgram(['convert', '--to', 'otlp_json', file])
  t.match(ran, { code: 0, stderr: 'spangate: 1 document; 6 spans; nothing lost\n' })
  const { resourceSpans } = JSON.parse(ran.stdout) as TracesJson
  t.equal(
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)).length,
    6,
  )
  const broken = await runProgram(['convert', '--from', 'jaeger_proto', '--to', 'tree', file])
  t.match(broken, {
    code: 1,
    stderr: /^spangate: .*jaeger-logs.*, byte \d+, element 0: Cannot read field/,
  })
})

t.test('a command with a wrong flag ends with 2 and says what it may be', async (t) => {
  const mistakes: readonly [readonly string[], string][] = [
    [
      ['generate', '--rate', 'fast'],
      'Cannot use --rate: must be a number from 0.01 to 1000000, is "fast"',
    ],
    [
      ['generate', '--duration', '5'],
      'Cannot use --duration: must be a duration such as 30s or 5m, is "5"',
    ],
    [
      ['generate', '--endpoint', 'localhost'],
      'Cannot use --endpoint: must be host:port or an http(s) URL, is "localhost"',
    ],
    [
      ['trace', 'get', '1', '--endpoint', 'http://a:1/tracing'],
      'Cannot use --endpoint: gRPC has no user, path or query, it is "http://a:1/tracing"',
    ],
    [
      ['trace', 'get', '1', '--timeout', 'x'],
      'Cannot use --timeout: must be a duration such as 30s or 5m, is "x"',
    ],
    [['trace', 'get'], "missing required argument 'id'; --help lists what there is"],
    [['convert'], "required option '--to <format>' not specified; --help lists what there is"],
    [
      ['convert', '--to', 'tree', '--max-part-size', '1'],
      'Cannot use --max-part-size: must be a size from 1KiB to 1GiB, is "1"',
    ],
  ]
  for (const [args, says] of mistakes) {
    const ran = await runProgram(args)
    t.same(ran, { code: 2, stdout: '', stderr: `spangate: ${says}\n` }, args.join(' '))
  }
})
