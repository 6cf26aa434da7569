import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  absent,
  GroupField,
  groupSlice,
  SpanField,
  spanCount,
  spanField,
} from '../../../bridge/model/span-batch.ts'
import type { SpanSink } from '../../ports/span-sink.ts'
import { readSamplerTags } from './sampler-tags.ts'
import type { KeptBy } from './throughput.ts'

/** Who counts root spans. `keptBy` is undefined where the span does not tell. */
export type RootObserver = (service: string, operation: string, keptBy: KeptBy | undefined) => void

/** The same sink, whose root spans are counted as they are handed over. */
export function observeRoots(sink: SpanSink, observe: RootObserver): SpanSink {
  return {
    admit: async (admission) => {
      const admitted = await sink.admit(admission)
      return {
        store: (delivery, signal) => {
          // Before the store has it: the store may move the bytes to another thread.
          observeBatch(delivery.batch, observe)
          return admitted.store(delivery, signal)
        },
        release: () => admitted.release(),
      }
    },
  }
}

const twoTo24 = 2 ** 24
const twoTo56 = 2 ** 56

/**
 * Root spans of a batch, with their services and names: those without a parent that have both. Kept by the
 * share of their `th`, else by what Jaeger's tags say.
 */
export function observeBatch(batch: SpanBatch, observe: RootObserver): void {
  const { buffer, byteOffset, byteLength } = batch.bytes
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  const services = new Map<number, string>()
  for (let span = 0, spans = spanCount(batch); span < spans; span++) {
    if (spanField(batch, span, SpanField.parentSpanId) !== absent) continue
    const group = spanField(batch, span, SpanField.group)
    const service = services.get(group) ?? text(groupSlice(batch, group, GroupField.serviceName))
    services.set(group, service)
    const name = spanField(batch, span, SpanField.name)
    const operation = bytes.toString(
      'utf8',
      name,
      name + spanField(batch, span, SpanField.nameLength),
    )
    if (service !== '' && operation !== '') observe(service, operation, keptBy(batch, span))
  }
}

function keptBy(batch: SpanBatch, span: number): KeptBy | undefined {
  const high = spanField(batch, span, SpanField.thresholdHigh)
  if (high === absent) {
    const start = spanField(batch, span, SpanField.offset)
    return readSamplerTags(batch.bytes, start, start + spanField(batch, span, SpanField.length))
  }
  const low = spanField(batch, span, SpanField.thresholdLow)
  return { kind: 'share', probability: (twoTo24 - high) / twoTo24 - low / twoTo56 }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
