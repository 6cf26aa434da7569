import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { metricTable } from '../../src/telemetry/metric-table.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { renderMetrics } from '../../src/telemetry/render-metrics.ts'
import { projectRoot } from '../project-root.ts'

const source = { receiver: 'otlp_grpc', format: 'otlp_proto' }

t.test('render() shows the names of the table and nothing else', async (t) => {
  const metrics = createMetrics()
  metrics.add('spangate_spans_received_total', 3, source)
  metrics.add('spangate_spans_received_total', 4, source)
  metrics.add('spangate_spans_in_flight', 7, source)
  metrics.add('spangate_spans_in_flight', -2, source)
  metrics.record('spangate_store_write_seconds', 0.003, { receiver: 'a', outcome: 'stored' })
  metrics.observe('spangate_bytes_in_flight', () => [{ value: 12, labels: {} }])
  const lines = (await metrics.render()).split('\n').filter((line) => !line.startsWith('#'))
  for (const line of [
    'spangate_spans_received_total{receiver="otlp_grpc",format="otlp_proto"} 7',
    'spangate_spans_in_flight{receiver="otlp_grpc",format="otlp_proto"} 5',
    'spangate_bytes_in_flight 12',
  ]) {
    t.ok(lines.includes(line), line)
  }
  const stored = '{receiver="a",outcome="stored"'
  t.ok(lines.includes(`spangate_store_write_seconds_count${stored}} 1`))
  t.ok(lines.includes(`spangate_store_write_seconds_bucket${stored},le="0.002"} 0`))
  t.ok(lines.includes(`spangate_store_write_seconds_bucket${stored},le="0.005"} 1`))
  const names = lines
    .filter((line) => line !== '')
    .map((line) => line.replace(/[{ ].*$/, '').replace(/_(bucket|sum|count)$/, ''))
  t.same(
    [...new Set(names)].filter((name) => !(name in metricTable)),
    [],
    'no suffix, no target_info, no scope',
  )
  await metrics.close()
  await metrics.close()
})

t.test('render() asks for tallies and escapes what others have named', async (t) => {
  const metrics = createMetrics()
  const client = 'a"b\\c\nd'
  metrics.observe('spangate_client_batches_lost_total', () => [
    { value: 3, labels: { receiver: 'r', client } },
    { value: 0, labels: { receiver: 'r', client: 'other' } },
  ])
  const text = await metrics.render()
  t.match(text, /^# TYPE spangate_client_batches_lost_total counter$/m)
  const lines = text.split('\n').filter((line) => line.startsWith('spangate_client'))
  t.same(lines, [
    'spangate_client_batches_lost_total{receiver="r",client="a\\"b\\\\c\\nd"} 3',
    'spangate_client_batches_lost_total{receiver="r",client="other"} 0',
  ])
  await metrics.close()
})

t.test('render() shows of a list what is in it now, however much came and went', async (t) => {
  const metrics = createMetrics()
  let round = 0
  metrics.observe('spangate_sampling_probability', () =>
    Array.from({ length: 300 }, (_, at) => ({
      value: 0.5,
      labels: { service: 'cart', operation: `${round} ${at}` },
    })),
  )
  let text = ''
  for (; round < 10; round++) text = await metrics.render()
  const lines = text.split('\n').filter((line) => line.startsWith('spangate_sampling_probability'))
  t.equal(lines.length, 300)
  t.equal(lines[0], 'spangate_sampling_probability{service="cart",operation="9 0"} 0.5')
  t.match(text, /^# TYPE spangate_sampling_probability gauge$/m)
  await metrics.close()
})

t.test('two sets of metrics know nothing of each other', async (t) => {
  const [one, other] = [createMetrics(), createMetrics()]
  one.add('spangate_spans_received_total', 1, source)
  t.notMatch(await other.render(), 'spangate_spans_received_total{')
  await Promise.all([one.close(), other.close()])
})

t.test('observeLater() shows what is found out while the metrics are asked for', async (t) => {
  const metrics = createMetrics()
  let fails = false
  metrics.observeLater('spangate_store_spans', async () => {
    if (fails) throw new Error('the store is away')
    return [{ value: 5, labels: {} }]
  })
  t.match(await metrics.render(), /^spangate_store_spans 5$/m)
  fails = true
  const text = await metrics.render()
  t.notMatch(text, /^spangate_store_spans /m, 'nothing is better than what was true before')
  await metrics.close()
})

t.test('docs/metrics.md is what the table renders', async (t) => {
  const page = readFileSync(join(projectRoot, 'docs/metrics.md'), 'utf8')
  t.equal(page, renderMetrics(), 'run `npm run docs`')
})
