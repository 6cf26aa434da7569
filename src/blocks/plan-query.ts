import { doubleText } from '../../bridge/model/double-text.ts'
import { parseTraceId } from '../../bridge/model/identifier.ts'
import {
  attributeKeyHash,
  attributeValueHashes,
  TermLevel,
  textHash,
} from '../../bridge/model/term-hash.ts'
import type {
  AttributeTerm,
  Call,
  ConstantTerm,
  FieldTerm,
  Operator,
  Term,
} from '../ports/span-query.ts'
import { isConstant } from '../search/match-span.ts'
import { kindWords, statusWords } from '../search/reference.ts'
import { eitherOf } from './either-of.ts'
import { HashSet } from './hash-set.ts'
import type { PlanNode, QueryPlan } from './query-plan.ts'
import { hashOf } from './trace-dictionary.ts'

/**
 * What a checked filter asks of columns and terms. The meaning of the filter stays in src/search: what
 * the plan keeps is looked at by it, unless the plan is exact.
 */
export function planQuery(filter: Call | undefined): QueryPlan {
  return filter === undefined ? exact(every) : planCall(filter)
}

const every: PlanNode = { kind: 'every' }
const none: PlanNode = { kind: 'none' }

function planCall(call: Call): QueryPlan {
  const [left, right] = call.args
  switch (call.op) {
    case 'and':
      return planAll('and', call.args)
    case 'or':
      return planAll('or', call.args)
    case 'not':
      // A complement of what is only known from above is not known at all.
      return loose(every)
    case 'some':
      return loose(right?.kind === 'call' ? planCall(right).root : every)
    case 'exists':
    case 'regex':
    case 'ne':
    case 'not_in':
      return loose(presence(left, right))
    case 'in':
      return planMembership(left, right)
    default:
      return planComparison(call.op, left, right)
  }
}

function planAll(kind: 'and' | 'or', args: readonly Term[]): QueryPlan {
  const plans = args.map((term) => (term.kind === 'call' ? planCall(term) : loose(every)))
  const parts = plans.map(({ root }) => root)
  const isExact = plans.every((plan) => plan.isExact)
  if (kind === 'or') return { root: eitherOf(parts), isExact }
  const known = parts.filter((part) => part !== every)
  if (known.length < 2) return { root: known[0] ?? every, isExact }
  return { root: { kind, parts: known }, isExact }
}

/** The attributes on both sides must be there. */
function presence(...terms: readonly (Term | undefined)[]): PlanNode {
  const parts = terms
    .filter((term): term is AttributeTerm => term?.kind === 'attr')
    .map((term): PlanNode => {
      const hashes = levelsOf(term).map((level) => attributeKeyHash(level, term.key))
      return { kind: 'terms', hashes: new HashSet(hashes) }
    })
  if (parts.length < 2) return parts[0] ?? every
  return { kind: 'and', parts }
}

function planMembership(subject: Term | undefined, list: Term | undefined): QueryPlan {
  if (list?.kind !== 'list') return loose(every)
  if (subject?.kind === 'attr') return planValues(subject, list.values)
  const plans = list.values.map((value) => planEquality(subject, value))
  const isExact = plans.every((plan) => plan.isExact)
  const parts = plans.map(({ root }) => root)
  return { root: eitherOf(parts), isExact }
}

function planComparison(op: Operator, left: Term | undefined, right: Term | undefined): QueryPlan {
  if (left === undefined || right === undefined) return loose(every)
  if (isConstant(left)) {
    return isConstant(right) ? loose(every) : planComparison(mirrored[op] ?? op, right, left)
  }
  if (!isConstant(right)) return loose(presence(left, right))
  if (left.kind === 'field' && left.level === 'span' && left.name === 'duration') {
    return planDuration(op, right)
  }
  return op === 'eq' ? planEquality(left, right) : loose(presence(left))
}

/** The operator that asks the same with its operands swapped. */
const mirrored: Partial<Record<Operator, Operator>> = { gt: 'lt', lt: 'gt', gte: 'lte', lte: 'gte' }

function planDuration(op: Operator, constant: ConstantTerm): QueryPlan {
  if (constant.kind !== 'durationNano') return loose(every)
  // Both sides are whole microseconds, truncated, as src/search compares them.
  const micros = Number(constant.value / 1000n)
  // What a column holds at most stands for everything longer.
  if (!Number.isSafeInteger(micros) || micros === Number.MAX_SAFE_INTEGER) return loose(every)
  switch (op) {
    case 'eq':
      return exact({ kind: 'duration', min: micros, max: micros })
    case 'gt':
      return exact({ kind: 'duration', min: micros + 1, max: Number.POSITIVE_INFINITY })
    case 'gte':
      return exact({ kind: 'duration', min: micros, max: Number.POSITIVE_INFINITY })
    case 'lt':
      return exact({ kind: 'duration', min: 0, max: micros - 1 })
    case 'lte':
      return exact({ kind: 'duration', min: 0, max: micros })
    default:
      return loose(every)
  }
}

function planEquality(subject: Term | undefined, constant: ConstantTerm): QueryPlan {
  if (subject?.kind === 'attr') return planValues(subject, [constant])
  const isText = constant.kind === 'string' || constant.kind === 'any'
  return subject?.kind === 'field' && isText ? planField(subject, constant.value) : loose(every)
}

/** The attribute has one of these values. */
function planValues(subject: AttributeTerm, constants: readonly ConstantTerm[]): QueryPlan {
  const texts = new Set<string>()
  for (const constant of constants) {
    const some = textsOf(constant)
    if (some === undefined) return loose(presence(subject))
    for (const text of some) texts.add(text)
  }
  if (texts.size === 0) return exact(none)
  const hashes = attributeValueHashes(levelsOf(subject), subject.key, texts)
  return loose({ kind: 'terms', hashes: new HashSet(hashes) })
}

function planField({ level, name }: FieldTerm, text: string): QueryPlan {
  switch (`${level}.${name}`) {
    case 'resource.service':
      return planText('service', TermLevel.service, text)
    case 'span.name':
      return planText('name', TermLevel.name, text)
    case 'span.kind':
      return planWord('spanKind', kindWords, text)
    case 'span.status':
      return planWord('status', statusWords, text)
    case 'span.traceID': {
      const traceId = text.length === 32 ? parseTraceId(text) : undefined
      // Upper case is no text of an id.
      const hashes = traceId && new HashSet([hashOf(traceId, 0)])
      return loose(hashes === undefined ? none : { kind: 'trace', hashes })
    }
    default:
      return loose(every)
  }
}

function planText(kind: 'service' | 'name', level: number, text: string): QueryPlan {
  // An empty text counts as absent and equals nothing.
  if (text === '') return exact(none)
  const bytes = Buffer.from(text)
  const hashes = new HashSet([textHash(level, bytes, 0, bytes.length)])
  return exact({ kind, texts: new Set([text]), hashes })
}

function planWord(kind: 'spanKind' | 'status', words: readonly string[], word: string): QueryPlan {
  const code = words.indexOf(word)
  return code < 0 ? loose(every) : exact({ kind, codes: new Set([code]) })
}

/** Text forms of all values that equal the constant; undefined when they cannot be listed. */
function textsOf(constant: ConstantTerm): readonly string[] | undefined {
  switch (constant.kind) {
    case 'any':
    case 'string':
      return [constant.value]
    case 'bool':
      return [constant.value ? 'true' : 'false']
    case 'int':
      return [String(constant.value), ...doubleTexts(Number(constant.value))]
    case 'double': {
      const { value } = constant
      if (Number.isNaN(value)) return []
      const whole = Number.isInteger(value) ? [String(BigInt(value))] : []
      return [...whole, ...doubleTexts(value)]
    }
    default:
      return undefined
  }
}

/** The text of a double; both zeros are equal and have texts of their own. */
function doubleTexts(value: number): readonly string[] {
  return value === 0 ? ['0', '-0'] : [doubleText(value)]
}

function levelsOf({ level }: AttributeTerm): readonly number[] {
  return level === '' ? attributeLevels : [TermLevel[level]]
}

const attributeLevels = [
  TermLevel.span,
  TermLevel.resource,
  TermLevel.scope,
  TermLevel.event,
  TermLevel.link,
] as const

function exact(root: PlanNode): QueryPlan {
  return { root, isExact: true }
}

function loose(root: PlanNode): QueryPlan {
  return { root, isExact: false }
}
