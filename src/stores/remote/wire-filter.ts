import type { Call as WireCall } from '../../../proto/gen/jaeger/expression/v1/Call.ts'
import type { Expression as WireExpression } from '../../../proto/gen/jaeger/expression/v1/Expression.ts'
import type { AttributeLevel, Call, ConstantTerm, ListTerm, Term } from '../../ports/span-query.ts'
import { isConstant } from '../../search/match-span.ts'
import { timeText } from './wire-time.ts'

/** What a remote can evaluate of a filter. */
export interface FilterAbilities {
  readonly levels: ReadonlySet<string>
  readonly operators: ReadonlySet<string>
}

/** A filter on the wire, and whether it is the whole one. */
export interface WireFilter {
  /** Undefined: every span meets it. */
  readonly call: WireCall | undefined
  /** False where it lets through spans that the filter does not. */
  readonly isWhole: boolean
}

/**
 * As much of a checked filter as a remote can evaluate: every span that meets the filter meets this too.
 * Conditions that it cannot evaluate are left out where that only lets more through.
 *
 * Source: jaeger-idl, expression/v1; Jaeger RFC 0005, §5.
 */
export function wireFilterOf(filter: Call | undefined, abilities: FilterAbilities): WireFilter {
  if (filter === undefined) return { call: undefined, isWhole: true }
  const whole = wireCall(filter, abilities)
  if (whole !== undefined) return { call: whole, isWhole: true }
  return { call: weakened(filter, abilities), isWhole: false }
}

function weakened(call: Call, abilities: FilterAbilities): WireCall | undefined {
  const whole = wireCall(call, abilities)
  if (whole !== undefined || (call.op !== 'and' && call.op !== 'or')) return whole
  const parts = call.args.map((arg) => (arg.kind === 'call' ? weakened(arg, abilities) : undefined))
  const known = parts.filter((part) => part !== undefined)
  // Of an alternative that is not known every span may meet it.
  if (call.op === 'or' && known.length < parts.length) return undefined
  if (known.length < 2) return known[0]
  if (!abilities.operators.has(call.op)) return call.op === 'and' ? known[0] : undefined
  return { op: call.op, args: known.map((part) => ({ call: part })) }
}

/** Undefined where a part of it cannot be said. */
function wireCall(call: Call, abilities: FilterAbilities): WireCall | undefined {
  const { op, args } = call
  const alternatives = untypedAlternatives(call)
  if (alternatives !== undefined) return wireCall(alternatives, abilities)
  if (!abilities.operators.has(op)) return undefined
  const terms: WireExpression[] = []
  for (const [at, arg] of args.entries()) {
    const term = wireTerm(arg, abilities, args[1 - at])
    if (term === undefined) return undefined
    terms.push(term)
  }
  return { op, args: terms }
}

function wireTerm(
  term: Term,
  abilities: FilterAbilities,
  other: Term | undefined,
): WireExpression | undefined {
  switch (term.kind) {
    case 'call': {
      const call = wireCall(term, abilities)
      return call && { call }
    }
    case 'attr':
      if (!hasLevel(abilities, term.level)) return undefined
      return { attr: { key: term.key, level: term.level } }
    case 'field':
      if (!hasLevel(abilities, term.level)) return undefined
      return { field: { name: term.name, level: term.level } }
    case 'nested':
      if (!hasLevel(abilities, term.level)) return undefined
      return { nested: { level: term.level } }
    case 'list':
      return wireList(term)
    default: {
      // Without a type, a duration or a time is known as one by what it is compared with.
      if (isTimed(term) && (other === undefined || isConstant(other))) return undefined
      const scalar = wireScalar(term)
      return scalar && { scalar }
    }
  }
}

/** More constants make a filter that remotes find too large. */
const alternativesMax = 100

/** `in` of constants without type, which no list on the wire has beside an attribute, as alternatives. */
function untypedAlternatives({ op, args }: Call): Call | undefined {
  const [subject, list] = args
  if (op !== 'in' || subject === undefined || list?.kind !== 'list') return undefined
  const { values } = list
  if (values[0]?.kind !== 'any' || values.length > alternativesMax) return undefined
  const equal = values.map((value): Call => ({ kind: 'call', op: 'eq', args: [subject, value] }))
  return equal.length === 1 ? equal[0] : { kind: 'call', op: 'or', args: equal }
}

/** An attribute without level is looked for at all of them. */
function hasLevel({ levels }: FilterAbilities, level: AttributeLevel): boolean {
  return level === '' || levels.has(level)
}

function wireList({ values }: ListTerm): WireExpression | undefined {
  const scalars = values.map(wireScalar).filter((scalar) => scalar !== undefined)
  const [first] = scalars
  if (first === undefined || scalars.length < values.length) return undefined
  if (values.some(({ kind }) => kind === 'any')) return undefined
  return { list: { values: scalars.map(({ value }) => value), type: first.type } }
}

function wireScalar(
  constant: ConstantTerm,
): { readonly value: string; readonly type: string } | undefined {
  switch (constant.kind) {
    case 'any':
      return { value: constant.value, type: '' }
    case 'durationNano':
      return constant.value < 0n || constant.value > durationNanoMax
        ? undefined
        : { value: `${constant.value}ns`, type: '' }
    case 'timeUnixNano': {
      const value = timeText(constant.value)
      return value === undefined ? undefined : { value, type: '' }
    }
    default:
      return { value: String(constant.value), type: constant.kind }
  }
}

function isTimed({ kind }: ConstantTerm): boolean {
  return kind === 'durationNano' || kind === 'timeUnixNano'
}

/** The longest duration in Go, some 292 years. */
const durationNanoMax = 2n ** 63n - 1n
