import t from 'tap'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { observeProcess } from '../../src/telemetry/process-metrics.ts'

t.test('observeProcess() shows delay by quantile, heap and resident memory', async (t) => {
  const metrics = createMetrics()
  t.teardown(() => metrics.close())
  const stop = observeProcess(metrics, '1.2.3')
  t.teardown(stop)
  const text = await metrics.render()
  const value = (series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1],
    )
  for (const quantile of ['0.5', '0.99', '1']) {
    const seconds = value(`spangate_event_loop_delay_seconds{quantile="${quantile}"}`)
    t.ok(seconds >= 0 && seconds < 60, `quantile ${quantile}`)
  }
  t.ok(value('spangate_heap_used_bytes') > 1_000_000)
  t.ok(value('spangate_resident_bytes') >= value('spangate_heap_used_bytes'))
})
