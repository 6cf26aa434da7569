import type { Endpoint } from '../gateway-child.ts'
import type { ReadyMessage } from '../load/templates.ts'
import { TemplateSet } from '../load/templates.ts'
import { sendMessages } from './send-messages.ts'
import type { StoreFacts } from './store-facts.ts'
import { fiveValue, longNano, rareValue } from './store-facts.ts'

/** What a store is filled with. */
export interface FillOptions {
  readonly endpoint: Endpoint
  readonly spans: number
  readonly spanBytes: number
  readonly seed: number
  /** The times of the spans are spread evenly over this long, up to now. */
  readonly spreadMs: number
  /** Services that each request mixes; by default 3 to 6. */
  readonly services?: number | undefined
}

const batch = 500
/** One of this many spans has the rare value, another one is long. */
const oneIn = 10_000
const samplesMax = 400

/**
 * Sends spans through Export until `spans` are acknowledged, planting what searches look for.
 *
 * @throws Error when a call is refused: the answers would not be known
 */
export async function fillStore(options: FillOptions): Promise<StoreFacts> {
  const { endpoint, spans, spanBytes, seed, spreadMs, services } = options
  const endUnixMs = Date.now()
  const startUnixMs = endUnixMs - spreadMs
  const planter = new Planter(spans)
  const templates = TemplateSet.build(
    {
      format: 'otlp',
      batch,
      spanBytes,
      seed,
      distinctSpans: Math.min(200_000, spans),
      ...(services === undefined ? {} : { services }),
    },
    () => BigInt(Math.floor((startUnixMs + planter.share * spreadMs) * 1000)) * 1000n,
  )
  let acknowledged = 0
  let shownMs = performance.now()
  await sendMessages({
    endpoint,
    connections: 2,
    inFlight: 4,
    batch,
    next: () => {
      const message = templates.next()
      planter.plantIn(templates, message)
      return message
    },
    isDone: () => planter.share >= 1,
    action: 'Cannot fill the store',
    onAcknowledged: (spanCount) => {
      acknowledged += spanCount
    },
    onWait: () => {
      if (performance.now() - shownMs < 10_000) return
      shownMs = performance.now()
      console.log(`filled ${acknowledged} of ${spans} spans`)
    },
  })
  const facts = planter.facts()
  return { ...facts, spans: acknowledged, spanBytes, seed, startUnixMs, endUnixMs, diskBytes: 0 }
}

/** Plants values by the number of the span, and remembers in which traces. */
class Planter {
  readonly #spans: number
  readonly #five: Set<number>
  readonly #fiveTraces = new Set<string>()
  readonly #rareTraces = new Set<string>()
  readonly #longTraces = new Set<string>()
  readonly #rareLongTraces = new Set<string>()
  readonly #tracesOf30: string[] = []
  #first = 0

  constructor(spans: number) {
    this.#spans = spans
    const fifths = [0.1, 0.3, 0.5, 0.7, 0.9]
    this.#five = new Set(fifths.map((share) => Math.floor(spans * share)))
  }

  /** How much is done, from 0 to 1. */
  get share(): number {
    return this.#first / this.#spans
  }

  facts(): Pick<
    StoreFacts,
    'tracesOf30' | 'fiveTraces' | 'rareTraces' | 'longTraces' | 'rareLongTraces'
  > {
    return {
      tracesOf30: this.#tracesOf30,
      fiveTraces: [...this.#fiveTraces],
      rareTraces: this.#rareTraces.size,
      longTraces: this.#longTraces.size,
      rareLongTraces: this.#rareLongTraces.size,
    }
  }

  plantIn(templates: TemplateSet, message: ReadyMessage): void {
    for (let span = 0; span < message.spanCount; span++) {
      this.#plantSpan(templates, message, span)
    }
    const sampleEvery = this.#spans / samplesMax
    if (
      Math.floor((this.#first + message.spanCount) / sampleEvery) >
      Math.floor(this.#first / sampleEvery)
    ) {
      this.#sample(templates, message)
    }
    this.#first += message.spanCount
  }

  #plantSpan(templates: TemplateSet, message: ReadyMessage, span: number): void {
    const number = this.#first + span
    if (this.#five.has(number)) {
      templates.plant(message, span, { tenant: fiveValue })
      this.#fiveTraces.add(templates.traceId(message, span))
    }
    const turn = number % oneIn
    if (turn === 1234) {
      const isLong = Math.floor(number / oneIn) % 2 === 0
      templates.plant(message, span, {
        tenant: rareValue,
        ...(isLong ? { durationNano: longNano } : {}),
      })
      const id = templates.traceId(message, span)
      this.#rareTraces.add(id)
      if (isLong) this.#rareLongTraces.add(id)
      if (isLong) this.#longTraces.add(id)
    } else if (turn === 6234 && Math.floor(number / oneIn) % 2 === 1) {
      templates.plant(message, span, { durationNano: longNano })
      this.#longTraces.add(templates.traceId(message, span))
    }
  }

  #sample(templates: TemplateSet, message: ReadyMessage): void {
    const counts = new Map<string, number>()
    for (let span = 0; span < message.spanCount; span++) {
      const id = templates.traceId(message, span)
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    for (const [id, count] of counts) if (count === 30) this.#tracesOf30.push(id)
  }
}
