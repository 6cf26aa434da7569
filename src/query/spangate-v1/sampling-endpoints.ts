import type { SamplingView } from '../../ports/sampling-view.ts'
import { describeInEnvelope } from '../api-v1/envelope.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { jsonPieces } from '../http/json-pieces.ts'
import { readInteger } from '../http/read-parameter.ts'
import { integer, named, text } from '../http/schema.ts'

/** Most operations of one answer. */
const limitMax = 10_000
const limitDefault = 100

/** What sampling does, for a page of a UI and for `spangate sampling watch`. */
export function samplingEndpoints(view: SamplingView): Endpoint[] {
  const status: Endpoint = {
    method: 'GET',
    path: '/api/spangate/sampling',
    operationId: 'getSampling',
    doc: 'Where strategies come from, and how shares adapt.',
    parameters: [],
    answer: named('SamplingStatus'),
    failures: [],
    describe: describeInEnvelope,
    answers() {
      const { mode, services, operations, adaptive } = view.status()
      const others = { mode, services, operations }
      if (adaptive === undefined) return jsonPieces({ ...others, adaptive: null })
      const { leader, receivers, sinceChangeMs, intervalMs, leaseMs, ...rest } = adaptive
      return jsonPieces({
        ...others,
        adaptive: {
          ...rest,
          intervalSeconds: intervalMs / 1000,
          leader: leader ?? null,
          leaseSeconds: leaseMs / 1000,
          receivers: receivers ?? null,
          secondsSinceChange: sinceChangeMs === undefined ? null : sinceChangeMs / 1000,
        },
      })
    },
  }
  const operations: Endpoint = {
    method: 'GET',
    path: '/api/spangate/sampling/operations',
    operationId: 'getSampledOperations',
    doc: 'Operations with their rates and shares, those with most traces a second first.',
    parameters: [
      { name: 'service', schema: text, doc: 'Only operations of this service.' },
      {
        name: 'limit',
        schema: { ...integer, minimum: 1, maximum: limitMax, default: limitDefault },
        doc: 'Most operations of the answer.',
      },
    ],
    answer: named('SampledOperations'),
    failures: [],
    describe: describeInEnvelope,
    async answers({ query }) {
      const asked = query.first('limit')
      const limit =
        asked === undefined || asked.text === ''
          ? limitDefault
          : readInteger(asked, { min: 1, max: limitMax })
      const service = query.text('service')
      const found = await view.busiest(service === '' ? undefined : service, limit)
      const shown = found.map(({ observedPerSecond, keptPerSecond, ...one }) => ({
        ...one,
        observedPerSecond: observedPerSecond ?? null,
        keptPerSecond: keptPerSecond ?? null,
      }))
      return jsonPieces({ operations: shown })
    },
  }
  return [status, operations]
}
