import { pino } from 'pino'
import t from 'tap'
import { defaultParameters } from '../../bench/convergence/default-parameters.ts'
import { openSampling } from '../../src/sampling/open-sampling.ts'
import { MemorySamplingStore } from '../../src/stores/memory/memory-sampling-store.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

const others = {
  location: undefined,
  defaultProbability: 0.001,
  reloadMs: 10_000,
  timeoutMs: 1000,
  bytesMax: 1000,
  baggageRestrictions: [],
  openStore: async () => new MemorySamplingStore(),
  logger: pino({ level: 'silent' }),
}

t.test(
  'openSampling() refuses clients that ask less often than shares are remembered',
  async (t) => {
    const metrics = createMetrics()
    t.teardown(() => metrics.close())
    const open = (pollSeconds: number) =>
      openSampling({ ...others, metrics, adaptive: { ...defaultParameters(), pollSeconds } })
    await t.rejects(open(61), {
      code: 'bad_settings',
      message:
        'Cannot use sampling.adaptive.poll-interval: is 61 s, must be at most 4 x sampling.adaptive.interval, 60 s',
    })
    await (await open(60)).close()
  },
)

t.test('openSampling() refuses a delay that keeps too many intervals in memory', async (t) => {
  const metrics = createMetrics()
  t.teardown(() => metrics.close())
  const open = (delayMs: number) =>
    openSampling({ ...others, metrics, adaptive: { ...defaultParameters(), delayMs } })
  await t.rejects(open(121_000), {
    code: 'bad_settings',
    message:
      'Cannot use sampling.adaptive.delay: is 121 s, must be at most 8 x sampling.adaptive.interval, 120 s',
  })
  await (await open(120_000)).close()
})
