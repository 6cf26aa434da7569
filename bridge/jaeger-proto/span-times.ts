import type { Halves } from './read-time.ts'
import { clampNano, secondsText, setHalves } from './read-time.ts'
import type { SpanParts } from './span-parts.ts'

/**
 * Start and end of a span in nanoseconds, as the model holds them: from 1970 to 2262. One that it
 * cannot hold is moved. Used again for every span.
 */
export class SpanTimes {
  readonly start: Halves = { low: 0, high: 0 }
  readonly end: Halves = { low: 0, high: 0 }
  /** What was moved, and from where; of logs the first. */
  warnings: readonly string[] = noWarnings

  /** Works them out for a span. */
  set({ start, duration, movedLogNano }: SpanParts): void {
    this.warnings = movedLogNano === undefined ? noWarnings : [movedText('Log time', movedLogNano)]
    if (start.isUsual && duration.isUsual) {
      this.start.low = 0
      this.start.high = 0
      start.addTo(this.start)
      this.end.low = this.start.low
      this.end.high = this.start.high
      duration.addTo(this.end)
      if (this.end.high < 0x8000_0000) return
    }
    this.#setUnusual(start.nano, duration.nano)
  }

  #setUnusual(start: bigint, duration: bigint): void {
    const warnings: string[] = [...this.warnings]
    const held = clampNano(start)
    if (held !== start) warnings.push(movedText('Start time', start))
    const end = held + duration
    const heldEnd = clampNano(end)
    if (heldEnd !== end) {
      warnings.push(
        `Duration ${secondsText(duration)} cannot be held, changed to ${secondsText(heldEnd - held)}`,
      )
    }
    setHalves(this.start, held)
    setHalves(this.end, heldEnd)
    this.warnings = warnings
  }
}

function movedText(what: string, nano: bigint): string {
  const held = secondsText(clampNano(nano))
  return `${what} ${secondsText(nano)} since 1970 cannot be held, moved to ${held}`
}

const noWarnings: readonly string[] = []
