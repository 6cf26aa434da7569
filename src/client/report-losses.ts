import { diag } from '@opentelemetry/api'
import type { ExportLoss, ExportLossReason } from '../../bridge/opentelemetry/export-loss.ts'

const everyMs = 10_000

/**
 * Tells losses to OpenTelemetry's `diag`, of each reason at most one in 10 s, with how many spans since
 * the last one. The counters of the exporter have all of them.
 */
export function reportLosses(nowMs: () => number): (loss: ExportLoss) => void {
  const told = new Map<ExportLossReason, { atMs: number; spans: number }>()
  return ({ reason, spans, message }) => {
    const last = told.get(reason)
    if (last !== undefined && nowMs() - last.atMs < everyMs) {
      last.spans += spans
      return
    }
    const all = spans + (last?.spans ?? 0)
    told.set(reason, { atMs: nowMs(), spans: 0 })
    diag.warn(`spangate: ${all} ${all === 1 ? 'span' : 'spans'} lost (${reason}): ${message}`)
  }
}
