import { setImmediate as nextTurn } from 'node:timers/promises'
import { hexOf } from '../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import {
  nameBytes,
  spanBytes,
  spanCount,
  spanIdBytes,
  startMicros,
} from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { selectSpans } from '../../bridge/otlp/select-spans.ts'
import type { SpanStore, TraceRef } from '../../src/ports/span-store.ts'
import { patience } from './answer.ts'
import { referenceStore } from './reference-store.ts'
import { sampleBatch } from './sample.ts'

/** A store that is wrong in one way, and the check that has to notice it. */
export interface Fault {
  /** What the store does, as in "a store that ...". */
  readonly name: string
  /** Beginning of the check's name. */
  readonly caughtBy: string
  open(): SpanStore
}

const retentionMs = 72 * 3_600_000

/** The reference with some methods replaced. */
export function spoiled(change: (good: SpanStore) => Partial<SpanStore>): SpanStore {
  const good = referenceStore(retentionMs)
  const bad = change(good)
  return {
    cannot: bad.cannot ?? good.cannot,
    write: bad.write ?? ((...given) => good.write(...given)),
    trace: bad.trace ?? ((...given) => good.trace(...given)),
    lostParts: bad.lostParts ?? ((...given) => good.lostParts(...given)),
    find: bad.find ?? ((...given) => good.find(...given)),
    summaries: bad.summaries ?? ((...given) => good.summaries(...given)),
    services: bad.services ?? ((...given) => good.services(...given)),
    operations: bad.operations ?? ((...given) => good.operations(...given)),
    close: bad.close ?? (() => good.close()),
  }
}

/** Faults in what is kept and given back. */
export const keepingFaults: readonly Fault[] = [
  {
    name: 'drops the last span of a batch',
    caughtBy: 'write() twice with the same bytes',
    open: () =>
      spoiled((good) => ({
        write: (tenant, batch, signal) => good.write(tenant, withoutLast(batch), signal),
      })),
  },
  {
    name: 'goes on reading a batch after it answered',
    caughtBy: 'write() leaves the memory of a batch to its caller once',
    open: () =>
      spoiled((good) => {
        let last: Promise<unknown> = Promise.resolve()
        return {
          write: async (tenant, batch, signal) => {
            last = nextTurn().then(() => good.write(tenant, batch, signal))
            return { rejected: [] }
          },
          trace: async function* (...given) {
            await last
            yield* good.trace(...given)
          },
        }
      }),
  },
  {
    name: 'answers nothing while a write is under way',
    caughtBy: 'find() in a window that has passed',
    open: () =>
      spoiled((good) => {
        let underWay = 0
        return {
          write: async (...given) => {
            underWay += 1
            await nextTurn()
            underWay -= 1
            return good.write(...given)
          },
          find: async function* (tenant, query, signal) {
            for await (const found of good.find(tenant, query, signal)) {
              if (underWay === 0 || found.kind === 'end') yield found
            }
          },
        }
      }),
  },
  {
    name: 'forgets a write while another one is under way',
    caughtBy: 'write() called at the same time',
    open: () =>
      spoiled((good) => {
        let busy = false
        return {
          write: async (tenant, batch, signal) => {
            if (busy) return { rejected: [] }
            busy = true
            await Promise.resolve()
            busy = false
            return good.write(tenant, batch, signal)
          },
        }
      }),
  },
  {
    name: 'answers repeats twice',
    caughtBy: 'write() twice with the same bytes',
    open: () => deduplicating(() => undefined),
  },
  {
    name: 'answers repeats of a regrouped batch twice',
    caughtBy: 'write() of the same spans in other batches',
    open: () => deduplicating((batch, at) => `${hexOf(batch.bytes)} ${at}`),
  },
  {
    name: 'takes a span with a known id for a repeat',
    caughtBy: 'write() keeps a changed resend',
    open: () => deduplicating((batch, at) => hexOf(spanIdBytes(batch, at))),
  },
  {
    name: 'takes a span with a known id and name for a repeat',
    caughtBy: 'write() keeps the spans of client and server',
    open: () =>
      deduplicating((batch, at) => hexOf(spanIdBytes(batch, at)) + hexOf(nameBytes(batch, at))),
  },
  {
    name: 'leaves the resource out of the identity',
    caughtBy: 'write() takes resource, scope and their schemas',
    open: () => deduplicating((batch, at) => hexOf(spanBytes(batch, at))),
  },
  {
    name: 'looks at the low half of a trace id alone',
    caughtBy: 'write() keeps a 64-bit id and a 128-bit id',
    open: () =>
      spoiled((good) => ({
        async *trace(tenant, { traceId }, signal) {
          for (const high of [0, 1]) {
            const either = new Uint8Array(traceId)
            either[7] = high
            yield* good.trace(tenant, { traceId: either }, signal)
          }
        },
      })),
  },
  {
    name: 'gives its own arrays away',
    caughtBy: 'trace() and find() give batches that the caller may change',
    open: () =>
      spoiled((good) => {
        const kept = new Map<string, SpanBatch[]>()
        return {
          async *trace(tenant, ref, signal) {
            const id = hexOf(ref.traceId)
            const parts = kept.get(id) ?? (await collect(good.trace(tenant, ref, signal)))
            kept.set(id, parts)
            yield* parts
          },
        }
      }),
  },
  {
    name: 'gives its own list of services away',
    caughtBy: 'trace() and find() give batches that the caller may change',
    open: () => spoiled((good) => ({ services: remembering((tenant) => good.services(tenant)) })),
  },
  {
    name: 'does not see what was written after its first read',
    caughtBy: 'write() is seen by every read',
    open: () => spoiled((good) => ({ services: remembering((tenant) => good.services(tenant)) })),
  },
  {
    name: 'writes spans anew without the fields it does not know',
    caughtBy: 'write() keeps every byte',
    open: () =>
      spoiled((good) => ({
        trace: (...given) =>
          eachPart(good.trace(...given), (part) => {
            const groups = groupsOf(part).map(({ scopeUnknown: _, ...group }) => group)
            return sampleBatch(groups, part.arrivalUnixMs)
          }),
      })),
  },
  {
    name: 'gives a trace in one part, however long',
    caughtBy: 'trace() gives a span that is longer than a part',
    open: () =>
      spoiled((good) => ({
        async *trace(tenant, ref, signal) {
          const parts = await collect(good.trace(tenant, ref, signal))
          if (parts.length === 0) return
          yield sampleBatch(parts.flatMap(groupsOf), parts[0]?.arrivalUnixMs ?? 0)
        },
      })),
  },
  {
    name: 'reads a trace whole before it gives the first part',
    caughtBy: 'trace() reads 100,000 spans',
    open: () =>
      spoiled((good) => ({
        async *trace(tenant, ref, signal) {
          yield* await collect(good.trace(tenant, ref, signal))
        },
      })),
  },
  {
    name: 'takes the hint of trace() for a filter',
    caughtBy: 'trace() takes a window as a hint',
    open: () =>
      spoiled((good) => ({
        trace: (tenant, ref, signal) =>
          eachPart(good.trace(tenant, ref, signal), (part) => onlyFrom(part, ref, 1)),
      })),
  },
  {
    name: 'shows a tenant the services of all',
    caughtBy: 'every call answers with the spans of its tenant',
    open: () =>
      spoiled((good) => {
        const seen = new Set<string>()
        return {
          write: (tenant, batch, signal) => good.write(seen.add(tenant) && tenant, batch, signal),
          services: async () => {
            const names = await Promise.all(Array.from(seen, (tenant) => good.services(tenant)))
            return names.flat().sort()
          },
        }
      }),
  },
  {
    name: 'compares tenants without case',
    caughtBy: 'every call answers with the spans of its tenant',
    open: () =>
      spoiled((good) => ({
        write: (tenant, ...rest) => good.write(tenant.toLowerCase(), ...rest),
        trace: (tenant, ...rest) => good.trace(tenant.toLowerCase(), ...rest),
      })),
  },
  {
    name: 'has one identity for the same bytes of all tenants',
    caughtBy: 'the same bytes of two tenants',
    open: () =>
      spoiled((good) => {
        const seen = new Set<string>()
        return {
          write: async (tenant, batch, signal) => {
            const key = hexOf(spanBytes(batch, 0))
            if (seen.has(key)) return { rejected: [] }
            seen.add(key)
            return good.write(tenant, batch, signal)
          },
        }
      }),
  },
  {
    name: 'lists services in the order of their first span',
    caughtBy: 'services() lists every service once',
    open: () =>
      spoiled((good) => ({
        services: async (tenant) => [...(await good.services(tenant))].reverse(),
      })),
  },
  {
    name: 'lists the operations of all kinds',
    caughtBy: 'operations() lists names with kinds',
    open: () =>
      spoiled((good) => ({ operations: (tenant, service) => good.operations(tenant, service) })),
  },
  {
    name: 'answers after it was closed',
    caughtBy: 'every method fails after close()',
    open: () => spoiled(() => ({ close: async () => undefined })),
  },
  {
    name: 'does not look at the signal before it writes',
    caughtBy: 'every method that waits fails when its signal',
    open: () =>
      spoiled((good) => ({ write: (tenant, batch) => good.write(tenant, batch, patience) })),
  },
  {
    name: 'does not look at the signal while it reads',
    caughtBy: 'trace(), find() and summaries() stop when the signal aborts',
    open: () => spoiled((good) => ({ trace: (tenant, ref) => good.trace(tenant, ref, patience) })),
  },
]

function deduplicating(key: (batch: SpanBatch, span: number) => string | undefined): SpanStore {
  return spoiled((good) => {
    const written: SpanBatch[] = []
    return {
      write: (tenant, batch, signal) => {
        written.push(batch)
        return good.write(tenant, batch, signal)
      },
      async *trace() {
        const seen = new Set<string>()
        for (const batch of written) {
          const fresh = Array.from(Array(spanCount(batch)).keys()).filter((span) => {
            const name = key(batch, span)
            if (name === undefined) return true
            return !seen.has(name) && seen.add(name)
          })
          if (fresh.length > 0) yield selectSpans(batch, fresh)
        }
      },
    }
  })
}

function remembering<Answer>(
  ask: (tenant: string) => Promise<Answer>,
): (tenant: string) => Promise<Answer> {
  let first: Promise<Answer> | undefined
  return (tenant) => {
    first ??= ask(tenant)
    return first
  }
}

/** All items of an answer. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

function withoutLast(batch: SpanBatch): SpanBatch {
  return selectSpans(batch, Array.from(Array(Math.max(0, spanCount(batch) - 1)).keys()))
}

/** Only the spans that begin in the window, whose end is moved by some microseconds. */
export function onlyFrom(part: SpanBatch, window: Partial<TraceRef>, late = 0): SpanBatch {
  const { minMicros = Number.NEGATIVE_INFINITY, maxMicros = Number.POSITIVE_INFINITY } = window
  const spans = Array.from(Array(spanCount(part)).keys()).filter((span) => {
    const start = startMicros(part, span)
    return start >= minMicros + late && start < maxMicros
  })
  return selectSpans(part, spans)
}

/** The parts, each changed; those left without span are left out. */
export async function* eachPart(
  parts: AsyncIterable<SpanBatch>,
  change: (part: SpanBatch) => SpanBatch,
): AsyncGenerator<SpanBatch> {
  for await (const part of parts) {
    const changed = change(part)
    if (spanCount(changed) > 0) yield changed
  }
}
