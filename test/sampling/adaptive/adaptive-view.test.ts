import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import { AdaptiveStrategies } from '../../../src/sampling/adaptive/adaptive-strategies.ts'
import { MemorySamplingStore } from '../../../src/stores/memory/memory-sampling-store.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { intervalMs, isNear, keptBy, leaseMs, observe, parameters } from './cluster.ts'

t.test(
  'AdaptiveStrategies show rates, shares and who leads to people and as metrics',
  async (t) => {
    const metrics = createMetrics()
    t.teardown(() => metrics.close())
    let nowMs = 0
    const gateway = new AdaptiveStrategies({
      ...parameters,
      metricOperationsMax: 2,
      operationsMax: 10,
      store: new MemorySamplingStore(),
      metrics,
      logger: pino({ level: 'silent' }),
      now: () => nowMs,
    })
    const values = async () => {
      const lines = (await metrics.render()).match(/^spangate_sampling_.*$/gm) ?? []
      return Object.fromEntries(lines.map((line) => line.split(/ (?=\S+$)/) as [string, string]))
    }
    t.match(await values(), { spangate_sampling_leader: '0', spangate_sampling_lease_seconds: '0' })
    // 200 and 4 traces a second, of which 20 and 2 are kept; the third is not among the busiest.
    for (const fromMs = nowMs; nowMs < fromMs + 20 * intervalMs; nowMs += 1000) {
      observe(gateway, 20, keptBy(0.1), 'busy')
      observe(gateway, 2, keptBy(0.5), 'less busy')
      if (nowMs === fromMs) observe(gateway, 1, { kind: 'other' }, 'rare')
      await gateway.ask()
      await gateway.step()
    }
    const shown = await gateway.busiest('cart', 10)
    const of = (operation: string) => shown.find((one) => one.operation === operation)
    const busy = of('busy')
    isAbout(t, busy?.observedPerSecond, 200)
    isAbout(t, busy?.keptPerSecond, 20)
    t.ok(
      Math.abs((busy?.probability ?? 0) * 200 - 1) < parameters.tolerance,
      `${busy?.probability}`,
    )
    isAbout(t, of('less busy')?.observedPerSecond, 4)
    t.strictSame(shown.map(({ operation }) => operation).sort(), ['', 'busy', 'less busy', 'rare'])
    t.same(await gateway.busiest('nobody', 10), [])
    t.strictSame(await gateway.busiest(undefined, 1), [busy])
    const found = await values()
    const labels = '{service="cart",operation="busy"}'
    t.match(found, {
      [`spangate_sampling_observed_rate${labels}`]: String(busy?.observedPerSecond),
      [`spangate_sampling_probability${labels}`]: String(busy?.probability),
      [`spangate_sampling_kept_rate${labels}`]: String(busy?.keptPerSecond),
      spangate_sampling_operations: '4',
      spangate_sampling_services: '1',
      spangate_sampling_leader: '1',
      spangate_sampling_lease_seconds: String(leaseMs / 1000 - 1),
      'spangate_sampling_roots_total{kept_by="share"}': String(22 * 20 * 15),
      'spangate_sampling_roots_total{kept_by="other"}': '1',
    })
    t.equal(found['spangate_sampling_probability{service="cart",operation="rare"}'], undefined)
    t.match(gateway.status().adaptive, { isLeader: true, intervalMs })
    await gateway.close()
  },
)

/** Within a percent: numbers of operations have 16 bits. */
function isAbout(t: Test, actual: number | undefined, expected: number): void {
  t.ok(isNear(actual ?? Number.NaN, expected), `${actual}, expected ${expected}`)
}
