import type { ExportCounts, ExportLoss, ExportLossReason } from './export-loss.ts'
import { exportLossReasons } from './export-loss.ts'

/** Counts what becomes of spans and tells each loss. */
export class ExportTally {
  retries = 0
  lostAttributes = 0
  readonly #onLoss: ((loss: ExportLoss) => void) | undefined
  readonly #lost = new Map<ExportLossReason, number>()
  #exported = 0
  #taken = 0

  /** @param onLoss what it throws goes nowhere: the spans of others must not suffer */
  constructor(onLoss: ((loss: ExportLoss) => void) | undefined) {
    this.#onLoss = onLoss
  }

  exported(spans: number): void {
    this.#exported += spans
  }

  taken(spans: number): void {
    this.#taken += spans
  }

  lost(loss: ExportLoss): void {
    this.#lost.set(loss.reason, (this.#lost.get(loss.reason) ?? 0) + loss.spans)
    try {
      this.#onLoss?.(loss)
    } catch {
      // The loss is counted; an exporter has nobody else to tell.
    }
  }

  counts(): ExportCounts {
    const lost = Object.fromEntries(
      exportLossReasons.map((reason) => [reason, this.#lost.get(reason) ?? 0]),
    ) as Record<ExportLossReason, number>
    const lostSpans = [...this.#lost.values()].reduce((sum, spans) => sum + spans, 0)
    return {
      exported: this.#exported,
      taken: this.#taken,
      pending: this.#exported - this.#taken - lostSpans,
      lost,
      lostAttributes: this.lostAttributes,
      retries: this.retries,
    }
  }
}
