import { RE2JS } from 're2js'
import type { Call, ConstantTerm, Term } from '../../ports/span-query.ts'
import { constantCondition } from './conditions.ts'

/**
 * Fields that a span has only as part of its whole trace. In a filter they stand as fields of the
 * span with these names, which no store knows: a store gets the filter without them, and what it
 * finds is looked at once more with their values put in.
 */
export interface TraceFacts {
  /** Of the root; undefined when the trace has none. */
  readonly 'trace:rootName': string | undefined
  readonly 'trace:rootService': string | undefined
  /** From the first start to the last end, nanoseconds. */
  readonly 'trace:duration': bigint
  /** Spans of the trace that name this span as their parent. */
  readonly 'span:childCount': number
}

/** True when the condition asks for a fact of the whole trace. */
export function hasTraceField(call: Call): boolean {
  return call.args.some((term) =>
    term.kind === 'call' ? hasTraceField(term) : traceFieldOf(term) !== undefined,
  )
}

/** The condition with the facts in the places of the fields. */
export function withFacts(call: Call, facts: TraceFacts): Call {
  if (!hasTraceField(call)) return call
  if (call.args.some((term) => term.kind === 'call')) {
    const args = call.args.map((term) => (term.kind === 'call' ? withFacts(term, facts) : term))
    return { ...call, args }
  }
  const args: Term[] = []
  for (const term of call.args) {
    const field = traceFieldOf(term)
    const value = field === undefined ? term : constantOf(field, facts)
    // What is not there makes every comparison false.
    if (value === undefined) return constantCondition(false)
    args.push(value)
  }
  if (call.op === 'exists') return constantCondition(true)
  if (call.op !== 'regex') return { ...call, args }
  const [subject, pattern] = args
  const isMatch =
    subject?.kind === 'string' &&
    pattern?.kind === 'string' &&
    RE2JS.compile(pattern.value).test(subject.value)
  return constantCondition(isMatch)
}

/**
 * A condition for single spans that holds wherever the given one can: what asks for the trace is
 * left out. Undefined when nothing is left.
 */
export function withoutTraceFields(call: Call): Call | undefined {
  if (!hasTraceField(call)) return call
  if (call.op !== 'and' && call.op !== 'or') return undefined
  const parts = call.args.map((term) =>
    term.kind === 'call' ? withoutTraceFields(term) : undefined,
  )
  const known = parts.filter((part) => part !== undefined)
  if (call.op === 'or' && known.length < parts.length) return undefined
  return known.length > 1 ? { ...call, args: known } : known[0]
}

const names: readonly string[] = [
  'trace:rootName',
  'trace:rootService',
  'trace:duration',
  'span:childCount',
] satisfies (keyof TraceFacts)[]

/** The name of the fact that the term stands for, if it does. */
export function traceFieldOf(term: Term): keyof TraceFacts | undefined {
  if (term.kind !== 'field' || term.level !== 'span') return undefined
  return names.includes(term.name) ? (term.name as keyof TraceFacts) : undefined
}

function constantOf(field: keyof TraceFacts, facts: TraceFacts): ConstantTerm | undefined {
  switch (field) {
    case 'trace:duration':
      return { kind: 'durationNano', value: facts[field] }
    case 'span:childCount':
      return { kind: 'int', value: BigInt(facts[field]) }
    default: {
      const value = facts[field]
      return value ? { kind: 'string', value } : undefined
    }
  }
}
