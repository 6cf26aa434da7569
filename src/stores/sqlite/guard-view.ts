import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { BlockView } from '../../blocks/block-view.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { OnDamaged } from './file-reader.ts'
import { reportDamage } from './file-reader.ts'

/**
 * A block that gives what it has: its parts are read here, and spans whose bodies are damaged are told
 * of and left out. Undefined when a part that everything hangs on is damaged.
 */
export function guardView(view: BlockView, onDamaged: OnDamaged): BlockView | undefined {
  try {
    const { summary, columns, groups, whats, runs, traceIds, ids } = view
    return {
      summary,
      columns,
      groups,
      whats,
      runs,
      traceIds,
      ids,
      spansWithAny: (hashes) => view.spansWithAny(hashes),
      batchOf: (spans, arrivalUnixMs) => readableSpans({ view, spans, arrivalUnixMs, onDamaged }),
    }
  } catch (error) {
    reportDamage(error, onDamaged)
    return undefined
  }
}

function readableSpans(options: {
  readonly view: BlockView
  readonly spans: ArrayLike<number>
  readonly arrivalUnixMs: number
  readonly onDamaged: OnDamaged
}): SpanBatch {
  const { view, spans, arrivalUnixMs, onDamaged } = options
  try {
    return view.batchOf(spans, arrivalUnixMs)
  } catch (error) {
    reportDamage(error, onDamaged)
  }
  const whole = Array.from(spans).filter((span) => isReadable(view, span))
  return whole.length > 0 ? view.batchOf(whole, arrivalUnixMs) : noSpans
}

function isReadable(view: BlockView, span: number): boolean {
  try {
    view.batchOf([span], 0)
    return true
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'store_corrupt') return false
    throw error
  }
}

/** A batch without spans. */
const noSpans: SpanBatch = {
  bytes: new Uint8Array(0),
  groups: new Uint32Array(0),
  spans: new Uint32Array(0),
  times: new Float64Array(0),
  arrivalUnixMs: 0,
}
