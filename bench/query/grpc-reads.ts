import type { BenchRandom } from '../load/random.ts'
import type { QueryClient } from './query-client.ts'
import { countAnswer } from './query-client.ts'
import type { Read } from './read.ts'
import type { SearchKind } from './searches.ts'
import { searchKinds } from './searches.ts'
import type { StoreFacts } from './store-facts.ts'

/** The reads of `HttpReads` over jaeger.api_v3.QueryService, as far as it streams. */
export function grpcReads(
  client: QueryClient,
  facts: StoreFacts,
  random: BenchRandom,
): readonly Read[] {
  const { largeTraces = [] } = facts
  const newest = searchKinds(facts).filter(({ name }) => name.startsWith('newest 20'))
  const sizes = [...new Set(largeTraces.map(({ spans }) => spans))]
  const traces = sizes.map((size): SearchKind => {
    const ofSize = largeTraces.filter(({ spans }) => spans === size)
    return {
      name: `trace of ${size.toLocaleString('en')} spans`,
      call: () => ({
        method: 'GetTrace',
        traceId: ofSize[random.below(ofSize.length)]?.traceId ?? '',
      }),
      fault: ({ spans }) => (spans === size ? undefined : `${spans} spans, must be ${size}`),
    }
  })
  return [...newest, ...traces].map((kind) => ({
    name: `gRPC ${kind.name}`,
    async ask() {
      const call = kind.call(random)
      const answer = await client.ask(call)
      const { status, message, durationMs } = answer
      if (status !== 'OK') return { durationMs, fault: `${status} ${message}` }
      return { durationMs, fault: kind.fault(countAnswer(call, answer)) }
    },
  }))
}
