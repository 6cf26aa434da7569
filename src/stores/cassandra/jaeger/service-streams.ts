import { bound } from '../statement.ts'
import { HourStream } from './hour-stream.ts'
import type { IndexPlan } from './index-plan.ts'
import { durationMaxMicros } from './index-plan.ts'
import type { IndexReader } from './index-reader.ts'
import { isKey } from './index-statements.ts'
import { PagedStream } from './paged-stream.ts'
import type { StartStream } from './start-stream.ts'
import { JoinedStreams, KeptStream, UnitedStreams } from './start-stream.ts'
import { selectByOperation } from './statements/select-by-operation.ts'
import { selectByTag } from './statements/select-by-tag.ts'
import type { IndexedTag } from './tag-index.ts'
import { markerTag } from './tag-index.ts'

/** Which services a search asks. */
export interface ServiceSearch {
  readonly reader: IndexReader
  readonly plan: IndexPlan
  /** Nothing older is wanted. */
  readonly minMicros: number
  /** Those that have spans of which the index has not all tags. */
  readonly marked: ReadonlySet<string>
}

/**
 * The services that can have matching spans; undefined: all of them. Every index of Jaeger's begins
 * with the service.
 */
export function servicesOf(plan: IndexPlan): ReadonlySet<string> | undefined {
  switch (plan.kind) {
    case 'service':
      return new Set([plan.name])
    case 'none':
      return new Set()
    case 'and': {
      const known = plan.parts.map(servicesOf).filter((some) => some !== undefined)
      const [first, ...others] = known
      if (first === undefined) return undefined
      return new Set([...first].filter((name) => others.every((some) => some.has(name))))
    }
    case 'or': {
      const all = plan.parts.map(servicesOf)
      if (!all.every((some) => some !== undefined)) return undefined
      return new Set(all.flatMap((some) => [...some]))
    }
    default:
      return undefined
  }
}

/** What the indexes find in one service; undefined: nothing can match there. */
export function serviceStream(search: ServiceSearch, service: string): StartStream | undefined {
  const found = streamOf(search, service, search.plan)
  if (found === 'none') return undefined
  if (found === 'every') return hours(search, service, '')
  // A span that the index has not by all of its tags may match whatever the index says.
  return search.marked.has(service)
    ? new UnitedStreams([found, tagged(search, service, markerTag)])
    : found
}

/** Whether a plan asks the index of tags. */
export function hasTag(plan: IndexPlan): boolean {
  return plan.kind === 'tag' || ('parts' in plan && plan.parts.some(hasTag))
}

/** Spans that the index has by a tag. */
function tagged(
  { reader, minMicros }: ServiceSearch,
  service: string,
  tag: IndexedTag,
): StartStream {
  const min = BigInt(Math.max(minMicros, 0))
  const statement = (max: bigint) => bound(selectByTag, service, tag, min, max)
  return new KeptStream(new PagedStream(reader, statement, true))
}

/** A stream, or that every span of the service is to be looked at, or none. */
type Streamed = StartStream | 'every' | 'none'

function streamOf(search: ServiceSearch, service: string, plan: IndexPlan): Streamed {
  switch (plan.kind) {
    case 'every':
    case 'none':
      return plan.kind
    case 'service':
      return plan.name === service ? 'every' : 'none'
    case 'operation':
      if (plan.name === '') return 'none'
      // Of a longer name there are no rows.
      return isKey(plan.name) ? hours(search, service, plan.name) : 'none'
    case 'duration':
      return hours(search, service, '', plan)
    case 'tag':
      return tagged(search, service, plan.tag)
    case 'or': {
      const streams = plan.parts.map((part) => streamOf(search, service, part))
      if (streams.includes('every')) return 'every'
      return united(streams.filter(isStream))
    }
    case 'and':
      return joined(search, service, plan.parts)
  }
}

/**
 * Tags are the narrowest, and name one another's spans exactly; beside them the name of a span is asked
 * by its start alone, and its duration not at all: whoever reads the span compares it.
 */
function joined(search: ServiceSearch, service: string, parts: readonly IndexPlan[]): Streamed {
  const min = BigInt(Math.max(search.minMicros, 0))
  const operation = parts.find((part) => part.kind === 'operation')
  if (operation !== undefined && !isKey(operation.name)) return 'none'
  const duration = narrowest(parts.filter((part) => part.kind === 'duration'))
  const others = parts
    .filter(({ kind }) => kind !== 'operation' && kind !== 'duration')
    .map((part) => streamOf(search, service, part))
  if (others.includes('none')) return 'none'
  const streams = others.filter(isStream)
  if (streams.length === 0) {
    if (operation === undefined && duration === undefined) return 'every'
    return hours(search, service, operation?.name ?? '', duration)
  }
  if (operation !== undefined) {
    const { name } = operation
    const statement = (max: bigint) => bound(selectByOperation, service, name, min, max)
    streams.push(new KeptStream(new PagedStream(search.reader, statement, false)))
  }
  const [only] = streams
  if (only !== undefined && streams.length === 1) return only
  // Asked again, it would begin where its streams were and read their pages once more.
  return new KeptStream(new JoinedStreams(streams))
}

type DurationPlan = IndexPlan & { readonly kind: 'duration' }

function narrowest(plans: readonly DurationPlan[]): DurationPlan | undefined {
  const [first, ...others] = plans
  if (first === undefined) return undefined
  return others.reduce((narrow, plan) => {
    const [minMicros = 0n] = [plan.minMicros, narrow.minMicros].sort(descending)
    const [, maxMicros = 0n] = [plan.maxMicros, narrow.maxMicros].sort(descending)
    return { kind: 'duration', minMicros, maxMicros }
  }, first)
}

function descending(left: bigint, right: bigint): number {
  return left > right ? -1 : 1
}

function united(streams: readonly StartStream[]): Streamed {
  const [only] = streams
  if (only === undefined) return 'none'
  return streams.length === 1 ? only : new UnitedStreams(streams)
}

function isStream(streamed: Streamed): streamed is StartStream {
  return typeof streamed === 'object'
}

function hours(
  { reader, minMicros }: ServiceSearch,
  service: string,
  operation: string,
  duration: { readonly minMicros: bigint; readonly maxMicros: bigint } = {
    minMicros: 0n,
    maxMicros: durationMaxMicros,
  },
): StartStream {
  return new KeptStream(
    new HourStream(reader, {
      service,
      operation,
      durationMinMicros: duration.minMicros,
      durationMaxMicros: duration.maxMicros,
      minMicros: BigInt(Math.max(minMicros, 0)),
    }),
  )
}
