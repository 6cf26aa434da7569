import { RE2JS } from 're2js'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { Call, ConstantTerm, Operator, Term } from '../ports/span-query.ts'
import type { Comparison } from './constant.ts'
import { equality, membership, ordering, valueOfConstant } from './constant.ts'
import { regexSubjectMax } from './query-limits.ts'
import type { Reference } from './reference.ts'
import { attributeReference, Cost, fieldReference } from './reference.ts'
import { SpanCursor } from './span-cursor.ts'
import { textForm } from './text-form.ts'
import { orderValues } from './value.ts'

/**
 * What a filter means: a function that says whether one span matches, all conditions on that span.
 *
 * A condition holds for a reference with several values (array elements, events, links, levels,
 * repeated keys) when it holds for one of them; every leaf, `ne` and `not_in` too, is false where
 * the reference is absent; `not` is the plain complement. Integers and doubles compare as exact
 * numbers; otherwise a constant with a type sees values of that type only.
 *
 * The filter must have passed `checkQuery`. The answer reads columns first and decodes a span only
 * when a condition asks for what is not in them. Call it from one place at a time.
 *
 * Source: Jaeger RFC 0005, §5, besides: an attribute without level is looked for at all five.
 */
export function compileFilter(
  filter: Call | undefined,
): (batch: SpanBatch, span: number) => boolean {
  if (filter === undefined) return () => true
  const condition = compileCall(filter)
  const cursor = new SpanCursor()
  return (batch, span) => {
    cursor.move(batch, span)
    return condition.holds(cursor)
  }
}

interface Condition {
  readonly holds: (cursor: SpanCursor) => boolean
  /** For the order of conditions: cheap ones decide first. */
  readonly cost: number
}

function compileCall(call: Call): Condition {
  const [first, second] = call.args
  switch (call.op) {
    case 'and': {
      const conditions = compileAll(call.args)
      return combined(conditions, (cursor) => conditions.every((one) => one.holds(cursor)))
    }
    case 'or': {
      const conditions = compileAll(call.args)
      return combined(conditions, (cursor) => conditions.some((one) => one.holds(cursor)))
    }
    case 'not': {
      const inner = compileCall(callOf(first))
      return { holds: (cursor) => !inner.holds(cursor), cost: inner.cost }
    }
    case 'exists': {
      const reference = referenceOf(first)
      return { holds: reference.exists, cost: reference.cost }
    }
    case 'some':
      return compileSome(first, callOf(second))
    case 'regex':
      return compileRegex(referenceOf(first), second)
    case 'in':
    case 'not_in':
      return compileMembership(call.op, referenceOf(first), second)
    default:
      return compileComparison(call.op, first, second)
  }
}

function compileAll(args: readonly Term[]): readonly Condition[] {
  return args
    .map((argument) => compileCall(callOf(argument)))
    .sort((left, right) => left.cost - right.cost)
}

function combined(conditions: readonly Condition[], holds: Condition['holds']): Condition {
  return { holds, cost: conditions.reduce((sum, condition) => sum + condition.cost, 0) }
}

/** Binds one event or link after the other; conditions on that level see the bound one alone. */
function compileSome(collection: Term | undefined, predicate: Call): Condition {
  const inner = compileCall(predicate)
  if (collection?.kind !== 'nested') throw misplaced(collection)
  const cost = Cost.span + inner.cost
  if (collection.level === 'event') {
    const holds = (cursor: SpanCursor): boolean => {
      try {
        return cursor.span().events.some((event) => {
          cursor.boundEvent = event
          return inner.holds(cursor)
        })
      } finally {
        cursor.boundEvent = undefined
      }
    }
    return { holds, cost }
  }
  const holds = (cursor: SpanCursor): boolean => {
    try {
      return cursor.span().links.some((link) => {
        cursor.boundLink = link
        return inner.holds(cursor)
      })
    } finally {
      cursor.boundLink = undefined
    }
  }
  return { holds, cost }
}

/** RE2 syntax, found anywhere in the first part of the text form, in linear time. */
function compileRegex(reference: Reference, pattern: Term | undefined): Condition {
  if (pattern?.kind !== 'string' && pattern?.kind !== 'any') throw misplaced(pattern)
  const expression = RE2JS.compile(pattern.value)
  return {
    holds: (cursor) =>
      reference.some(cursor, (value) => {
        const text = textForm(value)
        return text !== undefined && expression.test(text.slice(0, regexSubjectMax))
      }),
    cost: reference.cost + Cost.span,
  }
}

function compileMembership(
  op: 'in' | 'not_in',
  reference: Reference,
  list: Term | undefined,
): Condition {
  if (list?.kind !== 'list') throw misplaced(list)
  return compared(op === 'in' ? 'eq' : 'ne', reference, membership(list.values))
}

function compileComparison(
  op: OrderOperator,
  left: Term | undefined,
  right: Term | undefined,
): Condition {
  if (left === undefined || right === undefined) throw misplaced(undefined)
  const holdsFor = orders[op]
  if (isConstant(left)) {
    if (!isConstant(right)) return compileComparison(mirrored[op], right, left)
    const compare = op === 'eq' || op === 'ne' ? equality(right) : ordering(right)
    const order = compare(valueOfConstant(left))
    const answer = order !== undefined && holdsFor(order)
    return { holds: () => answer, cost: 0 }
  }
  const reference = referenceOf(left)
  if (isConstant(right)) {
    const compare = op === 'eq' || op === 'ne' ? equality(right) : ordering(right)
    return compared(op, reference, compare)
  }
  const other = referenceOf(right)
  return {
    holds: (cursor) =>
      reference.some(cursor, (value) =>
        other.some(cursor, (against) => {
          const order = orderValues(value, against)
          return order !== undefined && holdsFor(order)
        }),
      ),
    cost: reference.cost + other.cost,
  }
}

function compared(op: OrderOperator, reference: Reference, compare: Comparison): Condition {
  const holdsFor = orders[op]
  const test = (value: Parameters<Comparison>[0]): boolean => {
    const order = compare(value)
    return order !== undefined && holdsFor(order)
  }
  return { holds: (cursor) => reference.some(cursor, test), cost: reference.cost }
}

type OrderOperator = Extract<Operator, 'eq' | 'ne' | 'gt' | 'lt' | 'gte' | 'lte'>

const orders: Readonly<Record<OrderOperator, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  lt: (order) => order < 0,
  gte: (order) => order >= 0,
  lte: (order) => order <= 0,
}

/** The operator that asks the same with its operands swapped. */
const mirrored: Readonly<Record<OrderOperator, OrderOperator>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  lt: 'gt',
  gte: 'lte',
  lte: 'gte',
}

/** True for a term that is a single constant. */
export function isConstant(term: Term): term is ConstantTerm {
  switch (term.kind) {
    case 'attr':
    case 'field':
    case 'nested':
    case 'list':
    case 'call':
      return false
    default:
      return true
  }
}

function referenceOf(term: Term | undefined): Reference {
  if (term?.kind === 'attr') return attributeReference(term)
  if (term?.kind === 'field') return fieldReference(term)
  throw misplaced(term)
}

function callOf(term: Term | undefined): Call {
  if (term?.kind === 'call') return term
  throw misplaced(term)
}

function misplaced(term: Term | undefined): TypeError {
  return new TypeError(`Cannot compile filter: ${term?.kind ?? 'nothing'} at a wrong place`)
}
