import { GatewayError } from '../../errors/gateway-error.ts'
import { boundedList } from '../bounded-list.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { decoded, decodedPercents } from '../http/query-string.ts'
import type { Reads } from '../http/reads.ts'
import { named, text } from '../http/schema.ts'
import { spanKindParameter } from '../http/span-kind-parameter.ts'
import { findOperations } from '../operations.ts'
import { describeInEnvelope, enveloped } from './envelope.ts'

const describe = describeInEnvelope

/**
 * Names of services and of their operations, sorted.
 *
 * Source: jaeger v2.20.0, http_handler.go; docs/differences.md.
 */
export function nameEndpoints({ stored: store, tenant }: Reads): Endpoint[] {
  const services: Endpoint = {
    method: 'GET',
    path: '/api/services',
    operationId: 'getServices',
    doc: 'Names of all services.',
    parameters: [],
    answer: named('ServicesEnvelope'),
    failures: [],
    describe,
    async answers() {
      const { kept } = boundedList(await store.services(tenant), (name) => name)
      return enveloped(kept, kept.length)
    },
  }
  const operationNames: Endpoint = {
    method: 'GET',
    path: '/api/services/{service}/operations',
    operationId: 'getOperationNames',
    doc: 'Names of the spans of a service, each once; `null` when there is none.',
    segmentDoc: 'Name of the service; `+` is a space, unless only a service with a `+` is known.',
    // Go's url.JoinPath, by which Grafana's data source makes the path, leaves both as they are.
    hasSlashes: true,
    parameters: [],
    answer: named('OperationNamesEnvelope'),
    failures: [],
    describe,
    async answers({ segment }) {
      const find = (service: string) => findOperations(store, tenant, { service, spanKind: '' })
      const asked = await find(decoded(segment))
      const isOther = asked.length === 0 && segment.includes('+')
      const operations = isOther ? await find(decodedPercents(segment)) : asked
      const names = [...new Set(operations.map(({ name }) => name))]
      const { kept } = boundedList(names, (name) => name)
      return enveloped(kept.length === 0 ? null : kept, kept.length)
    },
  }
  const operations: Endpoint = {
    method: 'GET',
    path: '/api/operations',
    operationId: 'getOperations',
    doc: 'Operations of a service: names of its spans, with their kinds.',
    parameters: [
      { name: 'service', schema: text, doc: 'Name of the service.', required: true },
      spanKindParameter('spanKind'),
    ],
    answer: named('OperationsEnvelope'),
    failures: [],
    describe,
    async answers({ query }) {
      const service = query.text('service')
      if (service === '') throw missingService()
      const request = { service, spanKind: query.text('spanKind') }
      const found = await findOperations(store, tenant, request, 'spanKind')
      const { kept } = boundedList(found, ({ name }) => name)
      return enveloped(kept, kept.length)
    },
  }
  return [services, operationNames, operations]
}

/** In Jaeger's words. */
export function missingService(): GatewayError {
  const message = "parameter 'service' is required"
  return new GatewayError('invalid_argument', message, { field: 'service' })
}
