import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../../bridge/model/span-batch.ts'
import { latin1Of } from '../../../../bridge/wire/bytes-text.ts'
import type { OpenBlock } from '../../../blocks/open-block.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import { inParallel } from '../../in-parallel.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { checkRequestSize } from '../request-size.ts'
import type { Bound } from '../statement.ts'
import { bound } from '../statement.ts'
import { NameWriter } from './name-writer.ts'
import type { CutPortion } from './portions.ts'
import { partsBytesAtMost, partsBytesOf, portionsOf } from './portions.ts'
import type { Retentions } from './retentions.ts'
import { retentionOf } from './retentions.ts'
import type { StoredPortion } from './slot-writer.ts'
import { SlotWriter, ttlSeconds } from './slot-writer.ts'
import { insertTracePart } from './statements/insert-trace-part.ts'
import { insertTraceSplit } from './statements/insert-trace-split.ts'
import { TraceSplits } from './trace-splits.ts'

/** How spans are written. */
export interface SpanWriterOptions {
  readonly session: ClusterSession
  readonly retentions: Retentions
  /** Bytes of the rows that one request may become. */
  readonly requestBytesMax: number
  /** A commit failed; its requests were told so. None of them: a slot could not be closed. */
  readonly onCommitFailed: (error: Error, requestCount: number) => void
}

interface Request {
  readonly id: number
  readonly tenant: string
  readonly batch: SpanBatch
  /** Asked once, when its commit begins. */
  readonly isWanted: () => boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** A commit takes what waits, up to about so many spans. */
const commitSpans = 4000
/** One commit stores bodies while another one stores its block. */
const commitsMax = 2
/** Statements that one commit has under way. */
const statementsMax = 128
/** Bodies are stored when a commit has so many bytes of them, so that a request takes bounded memory whatever it becomes. */
const statementBytesMax = 32 * 1024 * 1024
const splitBytesMax = 16 * 1024 * 1024
/** Slots that are open at a time, and memory of their spans that are in no block. */
const slotsMax = 64
const slotBytesMax = 64 * 1024 * 1024
/** A slot that nothing comes for is closed, so that readers know its times. */
const idleMs = 300_000
const sweepMs = 60_000
const dayMs = 86_400_000
const action = 'Cannot store spans'

/**
 * Stores spans: requests that wait share a commit, which stores their bodies and then the blocks by
 * which they are found, and answers all of them.
 */
export class SpanWriter {
  readonly #options: SpanWriterOptions
  readonly #waiting: Request[] = []
  /** By retention, ms. */
  readonly #names = new Map<number, NameWriter>()
  readonly #splits = new TraceSplits(splitBytesMax)
  /** By tenant, day and nearness; the one written to last is last. */
  readonly #slots = new Map<string, SlotWriter>()
  /** What a slot has to do comes one after the other. */
  readonly #turns = new Map<string, Promise<void>>()
  /** Commits, and slots that are being closed; none of them rejects. */
  readonly #work = new Set<Promise<void>>()
  /** Commits among them. */
  #underWay = 0
  readonly #sweeping: NodeJS.Timeout

  constructor(options: SpanWriterOptions) {
    this.#options = options
    this.#sweeping = setInterval(() => this.#closeIdle(), sweepMs)
    this.#sweeping.unref()
  }

  /**
   * Resolves when the spans are stored at the session's consistency, or nobody wants that any more.
   *
   * @param id for `cancel`
   * @param isWanted asked once, when the commit begins
   */
  write(id: number, tenant: string, batch: SpanBatch, isWanted: () => boolean): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#waiting.push({ id, tenant, batch, isWanted, resolve, reject })
      this.#commit()
    })
  }

  /** Lets go of a request that waits for its commit, and resolves it: nobody wants it any more. */
  cancel(id: number): void {
    const at = this.#waiting.findIndex((request) => request.id === id)
    if (at < 0) return
    const [request] = this.#waiting.splice(at, 1)
    request?.resolve()
  }

  /** Stores what was asked for, and makes blocks of all tails; safe to call twice. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping)
    while (this.#work.size > 0) await Promise.all(this.#work)
    await Promise.all([...this.#slots.keys()].map((key) => this.#closeSlot(key)))
  }

  #commit(): void {
    while (this.#underWay < commitsMax && this.#waiting.length > 0) {
      const requests: Request[] = []
      for (let spans = 0; spans < commitSpans; ) {
        const request = this.#waiting.shift()
        if (request === undefined) break
        if (!request.isWanted()) {
          request.resolve()
          continue
        }
        requests.push(request)
        spans += spanCount(request.batch)
      }
      if (requests.length === 0) continue
      this.#underWay += 1
      const commit = this.#run(requests).finally(() => {
        this.#underWay -= 1
        this.#commit()
      })
      this.#track(commit)
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#work.delete(tracked))
    this.#work.add(tracked)
  }

  /** Never rejects. */
  async #run(requests: readonly Request[]): Promise<void> {
    try {
      await this.#store(requests)
      for (const { resolve } of requests) resolve()
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      for (const names of this.#names.values()) names.forget()
      const isAway = error instanceof GatewayError && error.code === 'store_unavailable'
      if (!isAway && requests.length > 1) {
        // One of them is at fault; the others must not fail with it.
        for (const request of requests) await this.#run([request])
        return
      }
      // Who sent one that is too large is told; nothing is wrong here.
      const isRefused = error instanceof GatewayError && error.code === 'too_large'
      if (!isRefused) this.#options.onCommitFailed(error, requests.length)
      for (const { reject } of requests) reject(error)
    }
  }

  async #store(requests: readonly Request[]): Promise<void> {
    const bySlot = new Map<string, { tenant: string; day: number; stored: StoredPortion[] }>()
    for (const { batch } of requests) this.#checkSize(batch)
    let statements: Bound[] = []
    let statementBytes = 0
    const storeBodies = async (): Promise<void> => {
      const { session } = this.#options
      await inParallel(statements, statementsMax, (statement) => session.run(action, statement))
      statements = []
      statementBytes = 0
    }
    for (const { tenant, batch } of requests) {
      const day = Math.floor(batch.arrivalUnixMs / dayMs)
      for (const { parts, ...portion } of portionsOf(batch)) {
        const splits = this.#placeParts(tenant, { ...portion, parts }, statements)
        const key = `${portion.isNear ? 'near' : 'far'} ${day} ${tenant}`
        const slot = bySlot.get(key) ?? { tenant, day, stored: [] }
        bySlot.set(key, slot)
        slot.stored.push({ portion, splits })
        statementBytes += portion.sizeBytes
        if (statementBytes > statementBytesMax) await storeBodies()
        // A large request must not hold up all others.
        else if (portion.end < spanCount(portion.batch)) await nextTurn()
      }
    }
    // No block may name bodies that are not there.
    await storeBodies()
    await Promise.all(
      Array.from(bySlot, ([key, { tenant, day, stored }]) =>
        this.#inTurn(key, () => this.#slotOf(key, tenant, day).add(stored)),
      ),
    )
    this.#boundSlots()
  }

  /** @throws GatewayError 'too_large' */
  #checkSize(batch: SpanBatch): void {
    const { requestBytesMax } = this.#options
    // Nearly every request is far below it, which is seen without a look at each span.
    if (partsBytesAtMost(batch) > requestBytesMax) {
      checkRequestSize(partsBytesOf(batch), requestBytesMax)
    }
  }

  /** Adds the statements that store a portion's bodies. @returns splits that are not 0, by trace */
  #placeParts(tenant: string, portion: CutPortion, statements: Bound[]): Map<string, number> {
    const { arrivalUnixMs } = portion.batch
    const ttl = ttlSeconds(arrivalUnixMs, this.#retentionOf(tenant))
    const splits = new Map<string, number>()
    let last: Uint8Array | undefined
    for (const { traceId, part, bytes } of portion.parts) {
      const trace = latin1Of(traceId)
      // The parts that a portion has of a trace stay together.
      const isFirst = last !== traceId
      const split = this.#splits.place(`${trace}${tenant}`, bytes.length, isFirst)
      last = traceId
      if (split > 0 && isFirst) {
        splits.set(trace, split)
        // Each time: the one before may have failed, and expires before these spans.
        statements.push(bound(insertTraceSplit, tenant, traceId, split, ttl))
      }
      const row = { tenant, traceId, split, block: portion.id, part, arrivalUnixMs, spans: bytes }
      statements.push(bound(insertTracePart, row, ttl))
    }
    return splits
  }

  #slotOf(key: string, tenant: string, day: number): SlotWriter {
    const known = this.#slots.get(key)
    if (known !== undefined) this.#slots.delete(key)
    if (known?.isFull) this.#track(this.#finish(known))
    const slot = known === undefined || known.isFull ? this.#newSlot(tenant, day) : known
    this.#slots.set(key, slot)
    return slot
  }

  #newSlot(tenant: string, day: number): SlotWriter {
    const { session } = this.#options
    return new SlotWriter({
      session,
      tenant,
      day,
      retentionMs: this.#retentionOf(tenant),
      storeNames: (block, first) => this.#storeNames(tenant, block, first),
    })
  }

  async #storeNames(tenant: string, block: OpenBlock, first: number): Promise<void> {
    const { session } = this.#options
    const statements = this.#namesOf(tenant).statements(tenant, block, first)
    await inParallel(statements, statementsMax, (statement) => session.run(action, statement))
  }

  #retentionOf(tenant: string): number {
    return retentionOf(this.#options.retentions, tenant)
  }

  /** As many as there are retentions in the settings. */
  #namesOf(tenant: string): NameWriter {
    const retentionMs = this.#retentionOf(tenant)
    const names = this.#names.get(retentionMs) ?? new NameWriter(retentionMs)
    this.#names.set(retentionMs, names)
    return names
  }

  #boundSlots(): void {
    let size = 0
    for (const slot of this.#slots.values()) size += slot.sizeBytes
    for (const [key, slot] of this.#slots) {
      if (this.#slots.size <= slotsMax && size <= slotBytesMax) return
      size -= slot.sizeBytes
      this.#track(this.#closeSlot(key))
    }
  }

  #closeIdle(): void {
    for (const [key, slot] of this.#slots) {
      if (performance.now() - slot.usedAtMs > idleMs) this.#track(this.#closeSlot(key))
    }
  }

  /** Never rejects. */
  #closeSlot(key: string): Promise<void> {
    const slot = this.#slots.get(key)
    this.#slots.delete(key)
    if (slot === undefined) return Promise.resolve()
    return this.#inTurn(key, () => this.#finish(slot))
  }

  /** A slot that cannot be closed stays open: readers look into it always. Never rejects. */
  async #finish(slot: SlotWriter): Promise<void> {
    try {
      await slot.close()
    } catch (thrown) {
      this.#options.onCommitFailed(thrown instanceof Error ? thrown : new Error(String(thrown)), 0)
    }
  }

  #inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(key) ?? Promise.resolve()
    const turn = before.then(work, work)
    const settled = turn.catch(() => {})
    this.#turns.set(key, settled)
    void settled.then(() => {
      if (this.#turns.get(key) === settled) this.#turns.delete(key)
    })
    return turn
  }
}
