import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import t from 'tap'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { observeProcess } from '../../src/telemetry/process-metrics.ts'

/** Metrics of this process, read as often as asked. */
function observed(t: Test): () => Promise<(series: string) => number> {
  const metrics = createMetrics()
  t.teardown(() => metrics.close())
  t.teardown(observeProcess(metrics, '1.2.3'))
  return async () => {
    const lines = (await metrics.render()).split('\n')
    return (series) => Number(lines.find((line) => line.startsWith(`${series} `))?.split(' ')[1])
  }
}

t.test('observeProcess() shows delay by quantile, heap and resident memory', async (t) => {
  const value = await observed(t)()
  for (const quantile of ['0.5', '0.99', '1']) {
    const seconds = value(`spangate_event_loop_delay_seconds{quantile="${quantile}"}`)
    t.ok(seconds >= 0 && seconds < 60, `quantile ${quantile}`)
  }
  t.ok(value('spangate_heap_used_bytes') > 1_000_000)
  t.ok(value('spangate_resident_bytes') >= value('spangate_heap_used_bytes'))
})

t.test('observeProcess() shows the same delay to whoever reads it', async (t) => {
  const read = observed(t)
  const longest = async () => (await read())('spangate_event_loop_delay_seconds{quantile="1"}')
  // It measures from one tick to the next, so that the first one must have been.
  await setTimeout(50)
  const endMs = performance.now() + 300
  while (performance.now() < endMs);
  const deadlineMs = performance.now() + 10_000
  while ((await longest()) < 0.2 && performance.now() < deadlineMs) await setTimeout(10)
  for (const reader of ['one', 'another', 'a third']) t.ok((await longest()) >= 0.2, reader)
})
