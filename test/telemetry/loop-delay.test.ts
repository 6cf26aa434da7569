import t from 'tap'
import type { DelayMonitor } from '../../src/telemetry/loop-delay.ts'
import { LoopDelay } from '../../src/telemetry/loop-delay.ts'

const nanoPerMs = 1e6
const tickMs = 10

/** A delay whose monitors are told what they measure. */
function told() {
  const monitors: { enabled: boolean; ms: number[] }[] = []
  const create = (): DelayMonitor => {
    const monitor = { enabled: false, ms: [] as number[] }
    monitors.push(monitor)
    return {
      enable: () => {
        monitor.enabled = true
        return true
      },
      disable: () => {
        monitor.enabled = false
        return true
      },
      reset: () => {
        monitor.ms = []
      },
      percentile: (percent) => {
        const sorted = monitor.ms.toSorted((a, b) => a - b)
        return (sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0) * nanoPerMs
      },
    }
  }
  const delay = new LoopDelay(create)
  const tick = (lateMs: number): void => {
    for (const { enabled, ms } of monitors) if (enabled) ms.push(lateMs + tickMs)
  }
  return { delay, monitors, tick }
}

t.test('seconds() are of the last minute, and of at most a step more', async (t) => {
  const { delay, tick } = told()
  t.teardown(() => delay.close())
  tick(250)
  for (let second = 0; second < 60; second++) {
    tick(1)
    if (second % 15 === 14) delay.step()
    t.equal(delay.seconds(1).toFixed(3), '0.250', `after ${second} s`)
    t.equal(delay.seconds(0.5).toFixed(3), '0.001')
  }
  for (let second = 0; second < 15; second++) tick(2)
  delay.step()
  t.equal(delay.seconds(1).toFixed(3), '0.002', 'it was too long ago')
  for (let step = 0; step < 20; step++) {
    tick(40 - step)
    delay.step()
    const late = 40 - Math.max(0, step - 3)
    t.equal(
      delay.seconds(1).toFixed(3),
      (late / 1000).toFixed(3),
      `of the last four steps, ${step}`,
    )
  }
})

t.test('seconds() are 0 before the first tick, and never less', async (t) => {
  const { delay, tick } = told()
  t.teardown(() => delay.close())
  t.equal(delay.seconds(0.99), 0)
  tick(-3)
  t.equal(delay.seconds(0.99), 0)
})

t.test('close() stops what measures, also a second time', async (t) => {
  const { delay, monitors } = told()
  t.ok(monitors.every(({ enabled }) => enabled))
  delay.close()
  delay.close()
  t.notOk(monitors.some(({ enabled }) => enabled))
})
