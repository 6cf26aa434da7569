import type { AnyValue, KeyValue, Span, SpanGroup } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { batchOfGroups } from '../../../bridge/otlp/encode-groups.ts'
import { noArrivalUnixMs } from '../../../src/stores/no-arrival.ts'

/** A batch with the values that a Jaeger finds, in the one way in which these tests write them. */
export function plain(batch: SpanBatch): SpanBatch {
  const groups = groupsOf(batch).map(plainGroup)
  return batchOfGroups(groups, { arrivalUnixMs: noArrivalUnixMs }).batch
}

function plainGroup({ resource, scope, ...group }: SpanGroup): SpanGroup {
  return {
    resource: resource && { ...resource, attributes: simple(resource.attributes) },
    // Its memory groups spans anew, and leaves these out.
    resourceSchemaUrl: '',
    scope: scope && { ...scope, attributes: simple(scope.attributes) },
    scopeSchemaUrl: '',
    spans: group.spans.map(plainSpan),
  }
}

function plainSpan({ unknown: _, status, ...span }: Span): Span {
  const isSet = status !== undefined && (status.code !== 0 || status.message !== '')
  return {
    ...span,
    attributes: simple(span.attributes),
    events: span.events.map((event) => ({ ...event, attributes: simple(event.attributes) })),
    links: span.links.map((link) => ({ ...link, attributes: [] })),
    status: isSet ? { code: status.code, message: status.message } : undefined,
  }
}

const foundKinds: readonly AnyValue['kind'][] = ['string', 'bool', 'int', 'double']

function simple(attributes: readonly KeyValue[]): KeyValue[] {
  return attributes.filter(({ value }) => value !== undefined && foundKinds.includes(value.kind))
}
