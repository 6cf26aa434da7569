import type { SpanBatch, SpanTerms } from '../model/span-batch.ts'
import {
  GroupField,
  groupCount,
  groupSlice,
  groupStride,
  SpanField,
  spanCount,
  spanField,
} from '../model/span-batch.ts'
import { WireError } from '../wire/wire-error.ts'
import { BatchBuilder } from './batch-builder.ts'
import { createScan } from './scan.ts'
import { findServiceName, scanResource, scanScope } from './scan-resource.ts'
import { foundLength, scanSpan } from './scan-span.ts'
import { clearZeroParent, thresholdOf } from './take-span.ts'
import { TermList } from './term-list.ts'

/** Bodies of spans that were decoded before and kept as they were then. */
export interface KeptSpans {
  /** Holds all bodies, and all slices of the groups. */
  readonly bytes: Uint8Array
  /** `groupStride` numbers for each group; `serviceName` is filled in here. */
  readonly groups: Uint32Array
  /** Three numbers for each span: its group, and where its body lies: offset, length. */
  readonly spans: Uint32Array
  readonly arrivalUnixMs: number
}

const keptStride = 3

/**
 * The batch that decoding had made of these spans: nothing is checked that was checked then, but
 * bytes that are broken are an error, and cannot do harm.
 *
 * @throws WireError for bytes that are no spans
 */
export function indexSpans(kept: KeptSpans, withTerms = false): SpanBatch {
  const { bytes, spans } = kept
  const terms = withTerms ? new TermList() : undefined
  const scan = createScan(bytes, nestingMax, Number.MAX_SAFE_INTEGER, terms)
  const found = new Uint32Array(foundLength)
  const builder = new BatchBuilder(bytes, terms, spans.length / keptStride)
  for (let group = 0; group < kept.groups.length / groupStride; group++) {
    builder.addGroup()
    const at = group * groupStride
    for (let field = 0; field < GroupField.serviceName; field += 2) {
      const offset = kept.groups[at + field] as number
      builder.setSlice(group, field, offset, kept.groups[at + field + 1] as number)
    }
    const resource = kept.groups[at] as number
    const end = resource + (kept.groups[at + 1] as number)
    const service = findServiceName(bytes, resource, end)
    if (service.kind !== 'text') throw broken('resource has no service.name', resource)
    builder.setSlice(group, GroupField.serviceName, service.offset, service.length)
  }
  for (let at = 0; at < spans.length; at += keptStride) {
    const offset = spans[at + 1] as number
    const length = spans[at + 2] as number
    if (scanSpan(scan, offset, offset + length, found) < 0) throw broken(scan.fault, scan.faultAt)
    clearZeroParent(bytes, found)
    const threshold = thresholdOf(bytes, found)
    builder.addSpan(spans[at] as number, offset, length, found, scan.view, 0, threshold)
  }
  return builder.finish(kept.arrivalUnixMs)
}

/** What a batch is found by, for one that was made without it. */
export function termsOf(batch: SpanBatch): SpanTerms {
  if (batch.terms !== undefined) return batch.terms
  const spans = new Uint32Array(spanCount(batch) * keptStride)
  for (let span = 0; span < spanCount(batch); span++) {
    spans[span * keptStride] = spanField(batch, span, SpanField.group)
    spans[span * keptStride + 1] = spanField(batch, span, SpanField.offset)
    spans[span * keptStride + 2] = spanField(batch, span, SpanField.length)
  }
  const { bytes, groups, arrivalUnixMs } = batch
  const { terms } = indexSpans({ bytes, groups, spans, arrivalUnixMs }, true)
  if (terms === undefined) throw new TypeError('Cannot index spans: there are no terms')
  return terms
}

/** What all spans of a group are found by: the attributes of its resource and of its scope. */
export function groupTerms(batch: SpanBatch, group: number): TermList {
  if (group >= groupCount(batch)) throw new RangeError(`Cannot read group ${group}: there is none`)
  const terms = new TermList()
  const resource = groupSlice(batch, group, GroupField.resource)
  const scope = groupSlice(batch, group, GroupField.scope)
  scanResource(createScan(resource, nestingMax, Number.MAX_SAFE_INTEGER, terms), 0, resource.length)
  scanScope(createScan(scope, nestingMax, Number.MAX_SAFE_INTEGER, terms), 0, scope.length)
  return terms
}

/** As deep as anything was that decoding took. */
const nestingMax = 100

function broken(what: string, at: number): WireError {
  return new WireError('bad_value', `Cannot read kept spans: ${what}`, at)
}
