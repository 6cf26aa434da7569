import type { Rejected, RejectReason } from '../model/span.ts'

/**
 * Gathers the spans that are refused. Past the first ones of a request the same object stands for
 * all of a reason, so that a request of nothing but bad spans takes bounded memory for each.
 */
export class Rejections {
  readonly list: Rejected[] = []
  readonly #shared = new Map<RejectReason, Rejected>()

  /** Adds one span; `message` makes the text, and is only called where it is kept. */
  add(reason: RejectReason, message: () => string): void {
    if (this.list.length < detailedMax) {
      this.list.push({ reason, message: `Cannot decode span: ${message()}` })
      return
    }
    this.list.push(this.#sharedOf(reason))
  }

  /** Adds one span whose message is made already. */
  addMade(rejected: Rejected): void {
    const isDetailed = this.list.length < detailedMax
    this.list.push(isDetailed ? rejected : this.#sharedOf(rejected.reason))
  }

  /** Adds several spans that are refused for the same thing. */
  addMany(count: number, reason: RejectReason, message: string): void {
    const rejected: Rejected = { reason, message: `Cannot decode span: ${message}` }
    for (let added = 0; added < count; added++) this.list.push(rejected)
  }

  #sharedOf(reason: RejectReason): Rejected {
    const known = this.#shared.get(reason)
    if (known !== undefined) return known
    const message = `Cannot decode span: ${reason}, one of over ${detailedMax} in this request`
    const rejected: Rejected = { reason, message }
    this.#shared.set(reason, rejected)
    return rejected
  }
}

/** How many spans of a request are refused with a message of their own. */
const detailedMax = 100
