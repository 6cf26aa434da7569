import type { Call, SpanQuery, Term } from '../../ports/span-query.ts'
import { serviceBit } from './format.ts'

/** What a row must be like to hold a matching span; what it says of a row is never wrong to skip. */
export interface RowConditions {
  /** The row's largest indexed start is at least this. */
  readonly startMinMicros: number
  /** The row's smallest indexed start is below this. */
  readonly startMaxMicros: number
  /** The row's longest duration is at least this. */
  readonly durationMinMicros: number
  /** All of these bits are in the row's `service_bits`; each came from one condition. */
  readonly serviceBits: readonly number[]
}

/** The conditions that follow from a checked query: only those that must hold for every match. */
export function rowConditions(query: SpanQuery): RowConditions {
  const conditions = {
    startMinMicros: query.minMicros ?? Number.MIN_SAFE_INTEGER,
    startMaxMicros: query.maxMicros ?? Number.MAX_SAFE_INTEGER,
    durationMinMicros: 0,
    serviceBits: [] as number[],
  }
  for (const { op, args } of conjuncts(query.filter)) {
    const [left, right] = args
    if (op === 'eq' && isField(left, 'resource', 'service') && isText(right)) {
      conditions.serviceBits.push(serviceBit(Buffer.from(right.value)))
    }
    const atLeast = op === 'eq' || op === 'gte' || op === 'gt'
    if (atLeast && isField(left, 'span', 'duration') && right?.kind === 'durationNano') {
      const micros = Number(right.value / 1000n)
      conditions.durationMinMicros = Math.max(conditions.durationMinMicros, micros)
    }
  }
  return conditions
}

function* conjuncts(term: Term | undefined): Iterable<Call> {
  if (term?.kind !== 'call') return
  if (term.op !== 'and') {
    yield term
    return
  }
  for (const arg of term.args) yield* conjuncts(arg)
}

function isField(term: Term | undefined, level: string, name: string): boolean {
  return term?.kind === 'field' && term.level === level && term.name === name
}

function isText(term: Term | undefined): term is Extract<Term, { kind: 'any' | 'string' }> {
  return term?.kind === 'any' || term?.kind === 'string'
}
