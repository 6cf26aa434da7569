/**
 * Headers that published propagators write are read equal, and they read ours equal: generated
 * contexts, the same for the same seed, each by every propagator both ways.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { b3Multi } from '../../bridge/propagation/b3-multi.ts'
import { b3Single } from '../../bridge/propagation/b3-single.ts'
import { carrierOf } from '../../bridge/propagation/carrier.ts'
import type { Format } from '../../bridge/propagation/format.ts'
import { jaegerFormat } from '../../bridge/propagation/jaeger.ts'
import type { Propagated } from '../../bridge/propagation/propagated.ts'
import { isSampled } from '../../bridge/propagation/propagated.ts'
import { traceContext } from '../../bridge/propagation/trace-context.ts'
import { w3cBaggage } from '../../bridge/propagation/w3c-baggage.ts'
import { createRandom } from '../fuzz/random.ts'
import { fuzzSettings } from '../fuzz/run-fuzz.ts'
import { testDirectory } from '../test-directory.ts'
import { needs, runJson } from './peers.ts'
import type { SentContext } from './propagated-contexts.ts'
import { fromSent, generateContext, toSent } from './propagated-contexts.ts'

type Headers = Readonly<Record<string, string>>

/** A foreign propagator, the format of ours that it speaks, and the parts that it carries. */
interface Pair {
  readonly foreign: string
  readonly ours: Format
  readonly carries: readonly (keyof SentContext)[]
}

const ids = ['traceId', 'spanId', 'sampled'] as const
const pairs: readonly Pair[] = [
  { foreign: 'otel-trace-context', ours: traceContext, carries: [...ids, 'random', 'traceState'] },
  { foreign: 'otel-baggage', ours: w3cBaggage, carries: ['baggage'] },
  { foreign: 'otel-b3-single', ours: b3Single, carries: [...ids, 'debug'] },
  { foreign: 'otel-b3-multi', ours: b3Multi, carries: [...ids, 'debug'] },
  // It knows neither debug nor firehose, and its baggage has no properties.
  { foreign: 'otel-jaeger', ours: jaegerFormat(), carries: [...ids, 'baggage'] },
  {
    foreign: 'jaeger-client-url',
    ours: jaegerFormat(),
    carries: [...ids, 'debug', 'firehose', 'baggage'],
  },
  {
    foreign: 'jaeger-client-plain',
    ours: jaegerFormat({ baggageEncoding: 'plain' }),
    carries: [...ids, 'debug', 'firehose', 'baggage'],
  },
  { foreign: 'jaeger-client-b3', ours: b3Multi, carries: [...ids, 'debug'] },
]

interface Case {
  readonly propagator: string
  readonly inject?: SentContext
  readonly extract?: Headers
}

async function answers(t: Test, cases: readonly Case[]): Promise<readonly unknown[]> {
  const file = join(testDirectory(t, {}), 'cases.json')
  writeFileSync(file, JSON.stringify(cases))
  const found = await runJson('propagate', [file])
  if (!Array.isArray(found)) throw new Error('propagate printed no list')
  return found
}

const { inputs, seed } = fuzzSettings(500)

for (const { foreign, ours, carries } of pairs) {
  const random = createRandom(seed)
  const isPlain = foreign === 'jaeger-client-plain'
  const sent = Array.from({ length: inputs }, () => generateContext(random, carries, isPlain))
  const names = carries.join(', ')

  t.test(
    `${foreign} writes headers that are read equal: ${names}`,
    needs('propagate'),
    async (t) => {
      t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
      const cases = sent.map((inject) => ({ propagator: foreign, inject }))
      const written = (await answers(t, cases)) as readonly Headers[]
      const read = written.map((headers) => ours.extract(carrierOf(headers)))
      t.strictSame(
        read.map(({ propagated }) => toSent(propagated, carries)),
        sent,
      )
      t.strictSame(
        read.flatMap(({ losses }) => losses),
        [],
      )
    },
  )

  t.test(
    `${foreign} reads headers as they were written: ${names}`,
    needs('propagate'),
    async (t) => {
      t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
      const cases = sent.map((context) => ({
        propagator: foreign,
        extract: Object.fromEntries(ours.inject(fromSent(context)).fields),
      }))
      const read = (await answers(t, cases)) as readonly SentContext[]
      const carried = read.map((context) =>
        Object.fromEntries(carries.map((part) => [part, context[part]])),
      )
      t.strictSame(carried, sent)
    },
  )
}

const special: readonly Headers[] = [
  { 'jaeger-debug-id': 'find me' },
  { 'jaeger-baggage': 'k1=v1, k2=v2,bad, k3=a=b' },
  { 'jaeger-baggage': 'a=1', 'uberctx-b': '%C3%A9', 'Uber-Trace-Id': 'a:b:c:1' },
  { 'uber-trace-id': 'a%3Ab%3A0%3A3' },
  { 'uber-trace-id': '0:1:0:1' },
  { 'uber-trace-id': 'a:b:0' },
  { 'uber-trace-id': 'x:b:0:1' },
]

t.test("Jaeger's client reads special headers as we do", needs('propagate'), async (t) => {
  const cases = special.map((extract) => ({ propagator: 'jaeger-client-url', extract }))
  const foreign = await answers(t, cases)
  const jaeger = jaegerFormat()
  for (const [at, headers] of special.entries()) {
    const { propagated } = jaeger.extract(carrierOf(headers))
    const isNothing = propagated.span === undefined && propagated.debugId === undefined
    const expected = isNothing && propagated.baggage.length === 0 ? null : summary(propagated)
    t.match(foreign[at], expected, JSON.stringify(headers))
  }
})

function summary({ span, sampling, debugId, baggage }: Propagated) {
  return {
    ...(span !== undefined && {
      traceId: span.traceId,
      spanId: span.spanId,
      sampled: isSampled(sampling),
    }),
    debugId: debugId ?? '',
    baggage: baggage.map(({ key, value }) => [key, value]),
  }
}
