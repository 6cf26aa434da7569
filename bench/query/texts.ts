import { operationName, serviceName } from '../load/world.ts'
import type { Read } from './read.ts'
import type { StoreFacts } from './store-facts.ts'
import { fiveValue, longNano, rareValue } from './store-facts.ts'
import type { TextClient } from './text-client.ts'

/** Traces that a search asks for. */
const limit = 20
const hourMicros = 3_600_000_000

/** Texts over the last hour of a store of which the facts are known. */
export function textReads(client: TextClient, facts: StoreFacts): readonly Read[] {
  const minMicros = facts.endUnixMs * 1000 - hourMicros
  const kind = (name: string, query: string, traces?: number): Read => ({
    name,
    async ask() {
      const wanted = traces === undefined ? undefined : Math.min(limit, traces)
      const answer = await client.ask({ query, limit, minMicros })
      const { durationMs, failure, bound } = answer
      if (failure !== undefined) return { durationMs, fault: failure }
      if (bound !== undefined) return { durationMs, fault: `ended early by ${bound}` }
      if (wanted === undefined || answer.traces === wanted) return { durationMs, fault: undefined }
      return { durationMs, fault: `${answer.traces} traces, must be ${wanted}` }
    },
  })
  const service = serviceName(3)
  const isLong = `duration > ${(longNano / 1e9) * 0.9}s`
  // With a window of the whole store the planted traces are known.
  const isWhole = facts.endUnixMs - facts.startUnixMs <= 3_600_000
  const planted = (count: number): number | undefined => (isWhole ? count : undefined)
  return [
    kind(
      'two conditions and a duration',
      `{ resource.service.name = "${service}" && status = error && duration > 1ms }`,
    ),
    kind(
      'operation, kind and a long duration',
      `{ name = "${operationName(3, 1)}" && kind != client && ${isLong} }`,
    ),
    kind(
      'rare value and a long duration',
      `{ .tenant = "${rareValue}" && ${isLong} }`,
      planted(facts.rareLongTraces),
    ),
    kind('value with 5 hits', `{ .tenant = "${fiveValue}" }`, planted(facts.fiveTraces.length)),
    kind('long duration', `{ ${isLong} }`, planted(facts.longTraces)),
    kind('below a service', `{ resource.service.name = "${service}" } >> { status = error }`),
    kind('rare value beside what is common', `{ .tenant = "${fiveValue}" } && { duration > 0s }`),
    kind('count', `{ resource.service.name = "${service}" } | count() > 3`),
    kind('regular expression', `{ name =~ "${operationName(3, 1)}|none" && status = error }`),
  ]
}
