import type { StatusObject } from '@grpc/grpc-js'
import t from 'tap'
import { WireWriter } from '../../bridge/wire/writer.ts'
import type { GatewayError } from '../../src/errors/gateway-error.ts'
import { StalledAnswers } from '../../src/query/stalled-answers.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { paddingOf } from '../padding.ts'
import { until } from '../transport/start-listener.ts'
import { rawStream, startQuery } from './query-port.ts'
import { scriptedStore } from './scripted-store.ts'

/** Some ms: what they limit is waited for, never slept over. */
const stalledAfterMs = 50

/** A registry, with how many it ended and how. */
function registryOf(stalledMax: number) {
  const counts = new Map<string, number>()
  const add = (name: string, value: number): void => {
    counts.set(name, (counts.get(name) ?? 0) + value)
  }
  const stalled = new StalledAnswers({ stalledAfterMs, stalledMax }, { add })
  const ended: [string, GatewayError][] = []
  const wait = (name: string) => stalled.wait((error) => ended.push([name, error]))
  return { stalled, ended, wait, counts }
}

t.test('StalledAnswers ends nobody as long as nobody waits for it', async (t) => {
  const { ended, wait } = registryOf(2)
  wait('one')
  wait('two')
  const since = performance.now()
  await until(() => performance.now() - since > 4 * stalledAfterMs)
  t.same(ended, [])
})

t.test('StalledAnswers ends those beyond its bound that waited longest', async (t) => {
  const { ended, wait, counts } = registryOf(2)
  const one = wait('one')
  wait('two')
  const three = wait('three')
  wait('four')
  // It took something, so it waits for less long than the others.
  one.moved()
  three.end()
  await until(() => ended.length > 0)
  t.same(
    ended.map(([name]) => name),
    ['two'],
  )
  t.match(ended[0]?.[1], {
    code: 'overloaded',
    retryAfterMs: 1000,
    message: /search\.stalled-after/,
  })
  t.equal(counts.get('spangate_answers_stalled_total'), 1)
  const since = performance.now()
  await until(() => performance.now() - since > 2 * stalledAfterMs)
  t.equal(ended.length, 1, 'the bound holds again')
})

t.test('press() ends all that have waited long enough, also a little later', async (t) => {
  const { stalled, ended, wait } = registryOf(64)
  wait('one')
  stalled.press()
  t.same(ended, [], 'not yet')
  await until(() => ended.length === 1)
  wait('two')
  const since = performance.now()
  await until(() => performance.now() - since > 3 * stalledAfterMs)
  t.equal(ended.length, 1, 'nobody needs its place any more')
  stalled.press()
  t.equal(ended.length, 2, 'it has waited already')
})

t.test(
  'an answer whose client takes nothing is ended, and the client told when it reads',
  async (t) => {
    const part = sampleBatch(
      [
        sampleGroup(
          Array.from({ length: 100 }, (_, at) =>
            sampleSpan({ trace: 1, id: at + 1, attributes: { text: paddingOf(at, 8000) } }),
          ),
        ),
      ],
      0,
    )
    let open = 0
    const store = scriptedStore({
      trace: async function* () {
        open += 1
        try {
          for (;;) yield part
        } finally {
          open -= 1
        }
      },
    })
    const port = await startQuery(t, store, { stalled: { stalledAfterMs: 200, stalledMax: 1 } })
    const method = '/jaeger.api_v3.QueryService/GetTrace'
    const writer = new WireWriter()
    writer.string(1, '1')
    const request = writer.finish()
    const calls = Array.from({ length: 3 }, () => rawStream(port, method, request))
    const endings: string[] = []
    for (const call of calls) {
      call.on('error', () => {})
      call.on('status', ({ details }: StatusObject) => endings.push(details))
      // A client that pauses before its first message takes all that comes into its memory.
      call.once('data', () => call.pause())
    }
    await until(() => port.measured.length === 2)
    t.equal(open, 1, 'as many as the bound allows go on')
    t.same(
      port.measured.map(({ code }) => code),
      ['UNAVAILABLE', 'UNAVAILABLE'],
    )
    for (const call of calls) call.resume()
    await until(() => endings.length === 2)
    for (const details of endings) t.match(details, /for 200 ms .*\(search\.stalled-after\)/)
    for (const call of calls) call.cancel()
    await until(() => open === 0)
  },
)
