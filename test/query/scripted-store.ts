import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { Found, SpanStore } from '../../src/ports/span-store.ts'

/** A store that holds nothing and does what a test says instead. */
export function scriptedStore(script: Partial<SpanStore>): SpanStore {
  return {
    cannot: new Map(),
    write: async () => ({ rejected: [] }),
    trace: async function* () {},
    lostParts: async () => undefined,
    find: async function* () {
      yield { kind: 'end', bound: undefined }
    },
    summaries: async function* () {
      yield { kind: 'end', bound: undefined }
    },
    services: async () => [],
    operations: async () => [],
    close: async () => {},
    ...script,
  }
}

/** A store that finds these traces, each with its parts, whatever is asked. */
export function storeOfTraces(traces: readonly (readonly SpanBatch[])[]): SpanStore {
  return scriptedStore({
    trace: async function* () {
      yield* traces[0] ?? []
    },
    find: async function* (): AsyncGenerator<Found> {
      for (const parts of traces) {
        yield {
          kind: 'trace',
          traceId: new Uint8Array(16),
          newestMatchMicros: 0,
          parts: async function* () {
            yield* parts
          },
        }
      }
      yield { kind: 'end', bound: undefined }
    },
  })
}
