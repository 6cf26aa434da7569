import type { ReadableSpan, Sampler } from '@opentelemetry/sdk-trace-base'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import type { BridgeTracerOptions } from '../../../bridge/opentracing/bridge-tracer.ts'
import { BridgeTracer } from '../../../bridge/opentracing/bridge-tracer.ts'
import type { OpenTracingLoss } from '../../../bridge/opentracing/loss.ts'

/** A tracer over an SDK that remembers. */
export function createRecorder(
  options: Partial<BridgeTracerOptions> & { readonly sampler?: Sampler } = {},
) {
  const memory = new InMemorySpanExporter()
  const { sampler, ...others } = options
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(memory)],
    ...(sampler !== undefined && { sampler }),
  })
  const losses: OpenTracingLoss[] = []
  const onLoss = (loss: OpenTracingLoss) => losses.push(loss)
  const tracer = new BridgeTracer({ tracerProvider: provider, onLoss, ...others })
  /** The finished span of this name. */
  const recorded = (name: string): ReadableSpan => {
    const span = memory.getFinishedSpans().find((one) => one.name === name)
    if (span === undefined) throw new Error(`no span "${name}" is finished`)
    return span
  }
  return { tracer, provider, losses, recorded, all: () => memory.getFinishedSpans() }
}
