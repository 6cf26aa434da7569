import { execFileSync } from 'node:child_process'
import { createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base'
import t from 'tap'
import { RemoteSampler } from '../../bridge/opentelemetry/remote-sampler.ts'
import { createRandom } from '../../src/cli/generate/random.ts'
import type { PeerName } from './peers.ts'
import { needs, peer } from './peers.ts'

t.setTimeout(180_000)

const random = createRandom(8)
const traceIds = Array.from({ length: 100_000 }, () =>
  Buffer.from(random.bytes(16)).toString('hex'),
)
const probabilities = [0.001, 0.01, 0.1, 0.5, 0.75]

/** A question as the programs take it. */
interface Question {
  readonly traceId: string
  readonly ratio: number
  readonly parent?: { readonly traceFlags: number; readonly traceState: string }
}

interface Decided {
  readonly sampled: boolean
  readonly traceState: string
}

const samplers = new Map<number, RemoteSampler>()

/** A sampler that has heard nothing but this share. */
function samplerOf(probability: number): RemoteSampler {
  const known = samplers.get(probability)
  if (known !== undefined) return known
  const sampler = new RemoteSampler({
    service: 'x',
    transport: { ask: () => new Promise(() => {}), close: () => {} },
    runtime: { nowMs: () => 0, sleep: () => new Promise(() => {}), random: () => 0 },
    initial: { service: { kind: 'probabilistic', probability }, operations: undefined },
  })
  samplers.set(probability, sampler)
  return sampler
}

function ours({ traceId, ratio, parent }: Question): Decided {
  const traceState = createTraceState(parent?.traceState ?? '')
  const spanContext = { traceId, spanId: '0123456789abcdef', isRemote: true, traceState }
  const context =
    parent === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, { ...spanContext, traceFlags: parent.traceFlags })
  const result = samplerOf(ratio).shouldSample(context, traceId, 'x', 1, {})
  const state = result.traceState?.serialize() ?? parent?.traceState ?? ''
  return { sampled: result.decision === 2, traceState: state }
}

function theirs(name: PeerName, questions: readonly Question[]): Decided[] {
  const [program, ...args] = peer(name)
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('')
  const output = execFileSync(program, args, {
    input,
    maxBuffer: 512 * 1024 * 1024,
    encoding: 'utf8',
  })
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Decided)
}

const roots = probabilities.flatMap((ratio) => traceIds.map((traceId) => ({ traceId, ratio })))
const decided = roots.map(ours)
const keptBy = (at: number) =>
  decided
    .slice(at * traceIds.length, (at + 1) * traceIds.length)
    .flatMap(({ sampled }, index) => (sampled ? [traceIds[index]] : []))

t.test('RemoteSampler keeps sets of traces that nest, and as many as it is told', async (t) => {
  for (const [at, probability] of probabilities.entries()) {
    const kept = keptBy(at)
    const expected = probability * traceIds.length
    const deviation = Math.sqrt(expected * (1 - probability))
    t.ok(Math.abs(kept.length - expected) < 5 * deviation, `${kept.length} of ${expected}`)
    if (at === 0) continue
    const all = new Set(kept)
    t.ok(
      keptBy(at - 1).every((traceId) => all.has(traceId)),
      'the smaller one is in the larger',
    )
  }
})

const peers = {
  'composite-node': '@opentelemetry/sampler-composite 0.222.0',
  'composite-java': 'opentelemetry-sdk-extension-incubator 1.65.0-alpha',
} as const

/** Of a trace whose id alone gives it the randomness c00000…. */
const traceId = '0123456789abcdef01c0000000000000'
const children: readonly Question[] = [
  { traceId, ratio: 0.5, parent: { traceFlags: 1, traceState: '' } },
  { traceId, ratio: 1, parent: { traceFlags: 0, traceState: '' } },
  { traceId, ratio: 0, parent: { traceFlags: 1, traceState: 'x=y' } },
  { traceId, ratio: 0, parent: { traceFlags: 1, traceState: 'ot=th:c,x=y' } },
  { traceId, ratio: 0.5, parent: { traceFlags: 1, traceState: 'ot=th:8;rv:ffffffffffffff' } },
  { traceId, ratio: 0, parent: { traceFlags: 1, traceState: 'ot=th:d;rv:d0000000000001,x=y' } },
  { traceId, ratio: 1, parent: { traceFlags: 0, traceState: 'ot=rv:10000000000000' } },
]

for (const [name, what] of Object.entries(peers) as [keyof typeof peers, string][]) {
  t.test(
    `RemoteSampler keeps the same 100,000 traces at five shares as ${what}`,
    needs(name),
    async (t) => {
      const answers = theirs(name, roots)
      t.equal(answers.length, roots.length)
      const other = answers.findIndex(({ sampled, traceState }, at) => {
        return (
          sampled !== decided[at]?.sampled || (sampled && traceState !== decided[at]?.traceState)
        )
      })
      t.equal(other, -1, `${JSON.stringify([roots[other], answers[other], decided[other]])}`)
    },
  )

  t.test(`RemoteSampler follows a parent as ${what} does`, needs(name), async (t) => {
    t.strictSame(theirs(name, children), children.map(ours))
  })
}

/** The ratio samplers that the SDKs have without this, by the set that each keeps at each share. */
const olderSamplers: Readonly<Record<string, () => readonly boolean[]>> = {
  'the SDK for Node 2.8.0': () => {
    return roots.map(({ traceId: id, ratio }) => {
      const sampler = nodeSamplers.get(ratio) ?? new TraceIdRatioBasedSampler(ratio)
      nodeSamplers.set(ratio, sampler)
      return sampler.shouldSample(ROOT_CONTEXT, id).decision === 2
    })
  },
  'the SDK for Java 1.65.0': () => {
    const questions = roots.map((question) => ({ ...question, old: true }))
    return theirs('composite-java', questions).map(({ sampled }) => sampled)
  },
  'the SDK for Go 1.47.0': () => theirs('ratio-go', roots).map(({ sampled }) => sampled),
}
const nodeSamplers = new Map<number, TraceIdRatioBasedSampler>()

t.test(
  'older ratio samplers keep sets that nest, and each language others',
  needs('composite-java', 'ratio-go'),
  async (t) => {
    const sets = new Map<string, readonly ReadonlySet<string>[]>()
    sets.set(
      'RemoteSampler',
      probabilities.map((_, at) => new Set(keptBy(at) as string[])),
    )
    for (const [name, decide] of Object.entries(olderSamplers)) {
      const sampled = decide()
      const own = probabilities.map((_, at) => {
        return new Set(traceIds.filter((_, index) => sampled[at * traceIds.length + index]))
      })
      sets.set(name, own)
      for (const [at, set] of own.entries()) {
        const larger = own[at + 1]
        t.ok(larger === undefined || [...set].every((id) => larger.has(id)), `${name} nests`)
      }
    }
    const names = [...sets.keys()]
    for (const [first, one] of names.entries()) {
      for (const other of names.slice(first + 1)) {
        const [, , tenth = new Set<string>()] = sets.get(one) ?? []
        const both = [...tenth].filter((id) => sets.get(other)?.[2]?.has(id)).length
        t.ok(both < 0.55 * tenth.size, `${one} and ${other} keep others`)
        t.comment(`${one} and ${other} agree on ${both} of ${tenth.size} kept at 10 %`)
      }
    }
  },
)
