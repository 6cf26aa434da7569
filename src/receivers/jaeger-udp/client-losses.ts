import type { BatchFacts, ClientStats } from '../../../bridge/jaeger-thrift/batch-facts.ts'
import { SequenceWindow } from './sequence-window.ts'

/** Why a client lost spans before it could send them: the fields of ClientStats. */
export const lossReasons = ['queue_full', 'too_large', 'failed_to_emit'] as const
/** One of `lossReasons`. */
export type LossReason = (typeof lossReasons)[number]

/** What one client has lost while it was known here. */
export interface ClientLoss {
  /** Its `client-uuid`, else its address and port; `otherClients` for all that are known no more. */
  readonly client: string
  readonly batches: number
  readonly spans: Readonly<Record<LossReason, number>>
}

/** Stands for clients that made room for others. */
const otherClients = 'other'

interface Client {
  readonly window: SequenceWindow
  /** What it told last, since it started. */
  told: Record<LossReason, number> | undefined
  batches: number
  readonly spans: Record<LossReason, number>
}

/**
 * What clients lost themselves or on the way: batches whose number never came, and spans of which
 * they tell. At most `clientsMax` are known at a time; the one that was silent longest makes room and
 * what it lost goes on counting among the others. What a client had lost before it was first
 * seen does not count, but for its first batch, and nothing counts when its numbers begin again.
 */
export class ClientLosses {
  readonly #clientsMax: number
  /** By key, the one silent longest first. */
  readonly #clients = new Map<string, Client>()
  readonly #others = newClient()

  constructor(clientsMax: number) {
    this.#clientsMax = clientsMax
  }

  /** Notes what a batch tells of its client. */
  note(address: string, facts: BatchFacts): void {
    const { seqNo, stats, clientUuid } = facts
    if (seqNo === undefined && stats === undefined) return
    // Its own name for those that are known no more would be there twice.
    const key = clientUuid === undefined || clientUuid === otherClients ? address : clientUuid
    const client = this.#clients.get(key) ?? newClient()
    this.#clients.delete(key)
    this.#clients.set(key, client)
    if (this.#clients.size > this.#clientsMax) this.#forgetOldest()
    const isOvertaken = seqNo !== undefined && client.window.isBehind(seqNo)
    if (seqNo !== undefined) client.batches += client.window.note(seqNo)
    // Its counts are older than those that are known.
    if (stats !== undefined && !isOvertaken) noteStats(client, numbersOf(stats), seqNo === 1)
  }

  /** All clients that have lost something. */
  *list(): Iterable<ClientLoss> {
    for (const [client, { batches, spans }] of this.#clients) {
      if (batches > 0 || lossReasons.some((reason) => spans[reason] > 0)) {
        yield { client, batches, spans }
      }
    }
    yield { client: otherClients, batches: this.#others.batches, spans: this.#others.spans }
  }

  #forgetOldest(): void {
    for (const [key, client] of this.#clients) {
      this.#clients.delete(key)
      this.#others.batches += client.batches + client.window.close()
      for (const reason of lossReasons) this.#others.spans[reason] += client.spans[reason]
      return
    }
  }
}

function noteStats(client: Client, told: Record<LossReason, number>, isFirst: boolean): void {
  const before = client.told ?? (isFirst ? noSpans() : told)
  client.told = told
  // It started again.
  if (lossReasons.some((reason) => told[reason] < before[reason])) return
  for (const reason of lossReasons) client.spans[reason] += told[reason] - before[reason]
}

function numbersOf(stats: ClientStats): Record<LossReason, number> {
  return {
    queue_full: stats.fullQueueDroppedSpans,
    too_large: stats.tooLargeDroppedSpans,
    failed_to_emit: stats.failedToEmitSpans,
  }
}

function newClient(): Client {
  return { window: new SequenceWindow(), told: undefined, batches: 0, spans: noSpans() }
}

function noSpans(): Record<LossReason, number> {
  return { queue_full: 0, too_large: 0, failed_to_emit: 0 }
}
