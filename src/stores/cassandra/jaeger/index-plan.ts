import { TagName } from '../../../../bridge/jaeger-proto/tag-names.ts'
import { doubleText } from '../../../../bridge/model/double-text.ts'
import type { AttributeTerm, Call, ConstantTerm, Term } from '../../../ports/span-query.ts'
import { isConstant } from '../../../search/match-span.ts'
import { warningPrefix } from './rows.ts'
import type { IndexedTag } from './tag-index.ts'
import { isIndexed } from './tag-index.ts'

/** What of a filter Jaeger's indexes answer; every span that matches the filter matches it. */
export type IndexPlan =
  | { readonly kind: 'every' }
  | { readonly kind: 'none' }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'operation'; readonly name: string }
  /** Both bounds are inclusive, whole µs. */
  | { readonly kind: 'duration'; readonly minMicros: bigint; readonly maxMicros: bigint }
  | { readonly kind: 'tag'; readonly tag: IndexedTag }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly IndexPlan[] }

/** No duration is longer. */
export const durationMaxMicros = 2n ** 63n - 1n

const every: IndexPlan = { kind: 'every' }
const none: IndexPlan = { kind: 'none' }

/** Takes what the indexes answer out of a checked filter. */
export function planIndexes(filter: Call | undefined): IndexPlan {
  return filter === undefined ? every : planCall(filter)
}

function planCall({ op, args }: Call): IndexPlan {
  const [left, right] = args
  switch (op) {
    case 'and':
      return allOf(args.map(planTerm))
    case 'or':
      return anyOf(args.map(planTerm))
    case 'some':
      return planTerm(right)
    case 'eq':
      return planEquality(left, right)
    case 'in':
      if (right?.kind !== 'list') return every
      return anyOf(right.values.map((value) => planEquality(left, value)))
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return planOrder(op, left, right)
    default:
      return every
  }
}

function planTerm(term: Term | undefined): IndexPlan {
  return term?.kind === 'call' ? planCall(term) : every
}

function allOf(parts: readonly IndexPlan[]): IndexPlan {
  if (parts.some(({ kind }) => kind === 'none')) return none
  const known = parts.filter(({ kind }) => kind !== 'every')
  const [first = every] = known
  return known.length < 2 ? first : { kind: 'and', parts: known }
}

function anyOf(parts: readonly IndexPlan[]): IndexPlan {
  if (parts.some(({ kind }) => kind === 'every')) return every
  const known = parts.filter(({ kind }) => kind !== 'none')
  const [first = none] = known
  return known.length < 2 ? first : { kind: 'or', parts: known }
}

function planEquality(left: Term | undefined, right: Term | undefined): IndexPlan {
  if (left === undefined || right === undefined) return every
  if (isConstant(left)) return isConstant(right) ? every : planEquality(right, left)
  if (!isConstant(right)) return every
  if (left.kind === 'attr') return planAttribute(left, right)
  if (left.kind !== 'field') return every
  switch (`${left.level}.${left.name}`) {
    case 'resource.service':
      return textPlan(right, (name) => ({ kind: 'service', name }))
    case 'span.name':
      return textPlan(right, (name) => ({ kind: 'operation', name }))
    case 'span.duration': {
      const micros = microsOf(right)
      if (micros === undefined) return every
      return { kind: 'duration', minMicros: micros, maxMicros: micros }
    }
    default:
      return every
  }
}

function textPlan(constant: ConstantTerm, plan: (text: string) => IndexPlan): IndexPlan {
  return constant.kind === 'string' || constant.kind === 'any' ? plan(constant.value) : every
}

type Order = 'gt' | 'gte' | 'lt' | 'lte'
const mirrored: Readonly<Record<Order, Order>> = { gt: 'lt', gte: 'lte', lt: 'gt', lte: 'gte' }

function planOrder(op: Order, left: Term | undefined, right: Term | undefined): IndexPlan {
  if (left === undefined || right === undefined) return every
  if (isConstant(left)) return isConstant(right) ? every : planOrder(mirrored[op], right, left)
  if (left.kind !== 'field' || left.level !== 'span' || left.name !== 'duration') return every
  const micros = isConstant(right) ? microsOf(right) : undefined
  if (micros === undefined) return every
  // Bounds that are met are in: whoever looks at the span decides.
  if (op === 'gt' || op === 'gte') {
    return { kind: 'duration', minMicros: micros, maxMicros: durationMaxMicros }
  }
  return { kind: 'duration', minMicros: 0n, maxMicros: micros + 1n }
}

function microsOf(constant: ConstantTerm): bigint | undefined {
  return constant.kind === 'durationNano' ? constant.value / 1000n : undefined
}

/** Attributes that a span gets from what is no tag of that key. */
const madeOfOthers: ReadonlySet<string> = new Set([
  TagName.serviceName,
  TagName.exporterVersion,
  TagName.flags,
  TagName.warnings,
  TagName.referenceType,
])

function planAttribute({ key, level }: AttributeTerm, constant: ConstantTerm): IndexPlan {
  // Links of these spans have no other attribute than their type, and scopes have none.
  if (level === 'link' || level === 'scope') return every
  if (key === TagName.serviceName && level === 'resource') {
    return textPlan(constant, (name) => ({ kind: 'service', name }))
  }
  if (madeOfOthers.has(key) || key.startsWith(warningPrefix)) return every
  const texts = textsOf(constant)
  if (texts === undefined) return every
  const keys = key === TagName.hostName ? [key, TagName.hostname] : [key]
  const tags = keys.flatMap((name) => texts.map((value) => ({ key: name, value })))
  if (!tags.every(isIndexed)) return every
  return anyOf(tags.map((tag) => ({ kind: 'tag', tag })))
}

/** The texts of all values that equal a constant; undefined: there may be others. */
function textsOf(constant: ConstantTerm): readonly string[] | undefined {
  switch (constant.kind) {
    case 'any':
    case 'string':
      return [constant.value]
    case 'bool':
      return [String(constant.value)]
    case 'int':
      return [...new Set([String(constant.value), ...textsOfDouble(Number(constant.value))])]
    case 'double': {
      const { value } = constant
      const whole = Number.isInteger(value) ? [String(BigInt(value))] : []
      return [...new Set([...whole, ...textsOfDouble(value)])]
    }
    default:
      return undefined
  }
}

/** Both zeros are equal, and have different texts. */
function textsOfDouble(value: number): readonly string[] {
  return value === 0 ? ['0', '-0'] : [doubleText(value)]
}
