// Decides about trace ids with OpenTelemetry's composite sampler for Node. Each line of its input is JSON,
// `{"traceId", "ratio", "parent": {"traceFlags", "traceState"}}`, the parent where there is one; each line of
// its output says `{"sampled", "traceState"}`.
import { createInterface } from 'node:readline'
import { createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import {
  createComposableParentThresholdSampler,
  createComposableProbabilitySampler,
  createCompositeSampler,
} from '@opentelemetry/sampler-composite'

const samplers = new Map()

function samplerOf(ratio) {
  const root = createComposableProbabilitySampler(ratio)
  return createCompositeSampler(createComposableParentThresholdSampler(root))
}

const lines = []
for await (const line of createInterface({ input: process.stdin })) {
  const { traceId, ratio, parent } = JSON.parse(line)
  if (!samplers.has(ratio)) samplers.set(ratio, samplerOf(ratio))
  const context =
    parent === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, {
          traceId,
          spanId: '0123456789abcdef',
          traceFlags: parent.traceFlags,
          isRemote: true,
          traceState: createTraceState(parent.traceState),
        })
  const { decision, traceState } = samplers
    .get(ratio)
    .shouldSample(context, traceId, 'x', 1, {}, [])
  lines.push(JSON.stringify({ sampled: decision === 2, traceState: traceState?.serialize() ?? '' }))
}
process.stdout.write(lines.map((line) => `${line}\n`).join(''))
