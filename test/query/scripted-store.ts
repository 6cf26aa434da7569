import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { GatewayError } from '../../src/errors/gateway-error.ts'
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

/** A store of which every read fails. */
export function failingStore(fail: () => never): SpanStore {
  const failing = async function* () {
    yield fail()
  }
  return scriptedStore({
    trace: failing,
    find: failing,
    summaries: failing,
    services: async () => fail(),
    operations: async () => fail(),
  })
}

/** A store whose trace has no end, and how far it was read. */
export interface EndlessStore {
  readonly store: SpanStore
  /** Read so far. */
  readonly bytes: number
  /** Why nobody reads it any more; undefined when no signal said so. */
  readonly ended: Promise<GatewayError>
}

/** A trace of this part, again and again. */
export function endlessStore(part: SpanBatch): EndlessStore {
  let end: (reason: GatewayError) => void = () => {}
  const state = { bytes: 0 }
  const ended = new Promise<GatewayError>((resolve) => {
    end = resolve
  })
  const store = scriptedStore({
    trace: async function* (_tenant, _trace, signal) {
      try {
        while (!signal.aborted) {
          state.bytes += part.bytes.length
          yield part
        }
      } finally {
        end(signal.reason as GatewayError)
      }
    },
  })
  return {
    store,
    ended,
    get bytes() {
      return state.bytes
    },
  }
}
