import type { InboundConnection, InboundStream, InflowBudget } from './inbound-connection.ts'
import { leastMissing, mostHeldFirst } from './stream-order.ts'

/** What a `CompletionRoom` is made of. */
export interface CompletionRoomOptions {
  readonly budget: Pick<InflowBudget, 'boundBytes' | 'freeBytes'>
  /** A message that comes evenly has to be whole within this. */
  readonly turnMs: number
}

/** A message that is let in. */
interface Turn {
  readonly stream: InboundStream
  /** What it missed when it was let in. */
  readonly startBytes: number
  /** What it misses now: so much is kept free for it. */
  keptBytes: number
  /** What it missed when it was looked at last, and when that was in the time of `ranMsAt`. */
  markBytes: number
  markRanMs: number
}

/** How often it is looked at whether a message comes further; more than a round trip takes. */
const markEveryMs = 500
/** Who has brought less than this part of what it announces has shown nothing yet. */
const shownShare = 1 / 32
/** What is kept of the bound for small requests while a large one is let in to its end. */
const spareShare = 1 / 16
/** The same where nobody else will give room; and what others always leave to those that are let in. */
const leastSpareShare = 1 / 128

/**
 * Messages that are let in until they are whole, whatever else presses: what they miss is kept free for them. Without
 * it the parts of many large messages may fill the bound, so that none of them is ever whole, and all are refused
 * (docs/adr/0040-large-messages-are-let-in-to-their-end.md).
 *
 * At most one of each connection, so that one with many requests does not come before all others. A message has to
 * come as fast as makes it whole within `turnMs`, or others get its turn: what is kept for it is kept from them.
 */
export class CompletionRoom {
  readonly #options: CompletionRoomOptions
  readonly #turns = new Map<InboundConnection, Turn>()
  /** When connections lost turns that they did not use. */
  readonly #wastedMs = new WeakMap<InboundConnection, number>()
  #keptBytes = 0

  constructor(options: CompletionRoomOptions) {
    this.#options = options
  }

  /** What has still to come of those that are let in. */
  get keptBytes(): number {
    return this.#keptBytes
  }

  /** True when a message of the connection may come further whatever others hold. */
  isOpenTo(connection: InboundConnection): boolean {
    return this.#turns.has(connection) && this.#hasAny
  }

  /** True when it is let in. */
  has(stream: InboundStream): boolean {
    return this.#turns.get(stream.connection)?.stream === stream
  }

  /** Bytes of a message have come. @returns whether more may come of it whatever others hold */
  onArrived(stream: InboundStream): boolean {
    const turn = this.#turns.get(stream.connection)
    if (turn?.stream !== stream) return false
    this.#keptBytes += stream.missingBytes - turn.keptBytes
    turn.keptBytes = stream.missingBytes
    if (turn.keptBytes === 0) this.#turns.delete(stream.connection)
    return this.#hasAny
  }

  /** Keeps nothing for it any more. @returns whether it had a turn */
  delete(stream: InboundStream): boolean {
    const turn = this.#turns.get(stream.connection)
    if (turn?.stream !== stream) return false
    this.#keptBytes -= turn.keptBytes
    return this.#turns.delete(stream.connection)
  }

  /**
   * Lets messages in: of each connection that which misses least, those that have waited longest first, as many as
   * there is room for. A connection that has just wasted a turn, or has shown little of what it announces, gets none
   * while somebody else waits for room that others will leave.
   *
   * @param waiting the longest first
   * @returns all that may come further
   */
  letIn(waiting: Iterable<InboundConnection>, nowMs: number): readonly InboundStream[] {
    const found = this.#hasAny ? [...this.#turns.values()].map(({ stream }) => stream) : []
    return [...found, ...this.#letIn(waiting, spareShare, nowMs)]
  }

  /**
   * Takes the turns of those that come further too slowly.
   *
   * @returns them
   */
  takeUnused(nowMs: number): readonly InboundStream[] {
    const found = [...this.#turns.values()].filter((turn) => !this.#isUsed(turn, nowMs))
    return found.map(({ stream }) => {
      this.delete(stream)
      this.#wastedMs.set(stream.connection, nowMs)
      return stream
    })
  }

  /**
   * Where parts of messages have so much that none becomes whole, whatever else is given back: lets one in that leaves
   * less to small requests, or says who is in the way, the fewest that make room for the message that misses least.
   *
   * @param waiting the longest first
   * @param partsBytes what messages hold that have not come whole
   */
  unstick(
    waiting: Iterable<InboundConnection>,
    partsBytes: number,
    nowMs: number,
  ): { readonly letIn: readonly InboundStream[]; readonly inTheWay: readonly InboundStream[] } {
    if (this.#hasAll) return nobody
    const { boundBytes } = this.#options.budget
    const streams = [...waiting].flatMap((connection) => [...connection.waiting])
    const first = this.#turns.size === 0 ? leastMissing(streams) : undefined
    const neededBytes = first?.missingBytes ?? this.#keptBytes
    let roomBytes = boundBytes * (1 - spareShare) - partsBytes
    if (neededBytes > boundBytes || roomBytes >= neededBytes) return nobody
    const letIn = this.#letIn(waiting, leastSpareShare, nowMs)
    if (this.#hasAll) return { letIn, inTheWay: [] }
    const inTheWay: InboundStream[] = []
    for (const stream of mostHeldFirst(streams)) {
      if (roomBytes >= neededBytes) break
      if (stream === first || this.has(stream)) continue
      roomBytes += stream.heldBytes
      inTheWay.push(stream)
    }
    return { letIn, inTheWay }
  }

  /** What those that are let in may come further by. */
  get #roomBytes(): number {
    const { boundBytes, freeBytes } = this.#options.budget
    return freeBytes - boundBytes * leastSpareShare
  }

  /** True when they may come further at all. */
  get #hasAny(): boolean {
    return this.#roomBytes > 0
  }

  /** True when some are let in, and others have not used what was kept for them. */
  get #hasAll(): boolean {
    return this.#turns.size > 0 && this.#keptBytes <= this.#roomBytes
  }

  /** @param share of the bound that is left to others */
  #letIn(
    waiting: Iterable<InboundConnection>,
    share: number,
    nowMs: number,
  ): readonly InboundStream[] {
    const { boundBytes, freeBytes } = this.#options.budget
    // There is so much once those that are let in are whole.
    const allBytes = freeBytes - boundBytes * share
    const found: InboundStream[] = []
    const last: InboundStream[] = []
    let isAwaited = false
    const add = (stream: InboundStream): boolean => {
      if (stream.missingBytes > allBytes - this.#keptBytes) return false
      this.#begin(stream, nowMs)
      found.push(stream)
      return true
    }
    for (const connection of waiting) {
      if (this.#turns.has(connection)) continue
      const least = leastMissing(connection.waiting)
      if (least === undefined || least.missingBytes > allBytes) continue
      if (this.#comesLast(least, nowMs)) last.push(least)
      else if (!add(least)) isAwaited = true
    }
    if (!isAwaited) last.forEach(add)
    return found
  }

  #comesLast({ connection, arrivedBytes, wholeBytes }: InboundStream, nowMs: number): boolean {
    const wastedMs = this.#wastedMs.get(connection) ?? Number.NEGATIVE_INFINITY
    return nowMs - wastedMs < this.#options.turnMs || arrivedBytes < wholeBytes * shownShare
  }

  #begin(stream: InboundStream, nowMs: number): void {
    const { missingBytes } = stream
    this.#keptBytes += missingBytes
    this.#turns.set(stream.connection, {
      stream,
      startBytes: missingBytes,
      keptBytes: missingBytes,
      markBytes: missingBytes,
      markRanMs: stream.ranMsAt(nowMs),
    })
  }

  /** Whether enough has come since it was looked at last. */
  #isUsed(turn: Turn, nowMs: number): boolean {
    const ranMs = turn.stream.ranMsAt(nowMs)
    const sinceMs = ranMs - turn.markRanMs
    if (sinceMs < markEveryMs) return true
    const dueBytes = (turn.startBytes * sinceMs) / this.#options.turnMs
    const cameBytes = turn.markBytes - turn.keptBytes
    turn.markBytes = turn.keptBytes
    turn.markRanMs = ranMs
    return cameBytes >= dueBytes
  }
}

const nobody = { letIn: [], inTheWay: [] }
