import type { SearchBound, SpanStore } from '../ports/span-store.ts'
import { boundedList } from './bounded-list.ts'
import { dependenciesOf } from './dependencies.ts'
import { findOperations } from './operations.ts'
import type { Serving } from './serve-method.ts'

/** What one of Jaeger's query services reads from, and its limits. */
export interface QueryServiceOptions<Definition> {
  /** As proto-loader reads it. */
  readonly definition: Definition
  /** Traces as they are stored. */
  readonly store: SpanStore
  /** Traces as they are shown unless a request asks for them raw. */
  readonly shown: SpanStore
  readonly tenant: string
  /** Most traces that one search may ask for. */
  readonly searchDepthMax: number
  readonly serving: Serving
}

/** Whose names are listed. */
interface Source {
  readonly store: SpanStore
  readonly tenant: string
}

/** Told of the bound that cut an answer short. */
type Report = (bound: SearchBound | undefined) => void

/** GetServices of all of Jaeger's services, for `serveUnary`. */
export function getServices({ store, tenant }: Source) {
  return async (_request: unknown, report: Report) => {
    const { kept, bound } = boundedList(await store.services(tenant), (name) => name)
    report(bound)
    return { services: [...kept] }
  }
}

/** GetOperations of all of them. @param copies how often the message has each name */
export function getOperations({ store, tenant }: Source, copies = 1) {
  return async (request: Parameters<typeof findOperations>[2], report: Report) => {
    const found = await findOperations(store, tenant, request)
    const { kept, bound } = boundedList(found, ({ name }) => name, copies)
    report(bound)
    return { operations: [...kept] }
  }
}

/** GetDependencies of all of them. */
export function getDependencies({ store, tenant }: Source) {
  return async (
    request: Parameters<typeof dependenciesOf>[2],
    _report: Report,
    signal: AbortSignal,
  ) => {
    return { dependencies: [...(await dependenciesOf(store, tenant, request, signal))] }
  }
}
