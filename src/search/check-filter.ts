import { RE2JS, RE2JSException } from 're2js'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Call, FieldLevel, FieldTerm, Term } from '../ports/span-query.ts'
import { builtInFields, operators } from '../ports/span-query.ts'
import { isConstant } from './match-span.ts'
import type { QueryLimits } from './query-limits.ts'
import { kindWords, statusWords } from './reference.ts'

/**
 * Fails unless the tree is one that `compileFilter` takes: known operators with the operands they
 * ask for, known levels and fields, values of one kind on both sides, and nothing over a limit.
 *
 * @throws GatewayError 'invalid_argument' with the path of the term at fault
 */
export function checkFilter(filter: Call, limits: QueryLimits): void {
  checkCall(filter, { path: 'filter', depth: 1, bound: [], limits, count: { terms: 0 } })
}

interface Place {
  readonly path: string
  readonly depth: number
  /** Levels that an enclosing `some` has bound. */
  readonly bound: readonly FieldLevel[]
  readonly limits: QueryLimits
  readonly count: { terms: number }
}

function checkCall(call: Call, place: Place): void {
  checkSize(place)
  const { args } = call
  switch (call.op) {
    case 'and':
    case 'or':
      if (args.length < 2)
        throw refused(place, `"${call.op}" has ${args.length} operands, needs two`)
      args.forEach((argument, at) => {
        checkPredicate(argument, inside(place, at))
      })
      return
    case 'not':
      checkArity(call, 1, place)
      checkPredicate(args[0], inside(place, 0))
      return
    case 'exists':
      checkArity(call, 1, place)
      checkReference(args[0], inside(place, 0))
      return
    case 'some':
      checkArity(call, 2, place)
      checkSome(args[0], args[1], place)
      return
    case 'in':
    case 'not_in':
      checkArity(call, 2, place)
      checkMembership(args[0], args[1], place)
      return
    case 'regex':
      checkArity(call, 2, place)
      checkRegex(args[0], args[1], place)
      return
    default:
      if (!operators.includes(call.op)) throw refused(place, `"${call.op}" is no operator`)
      checkArity(call, 2, place)
      checkComparison(call, place)
  }
}

function checkSize(place: Place): void {
  const { filterDepthMax, filterTermsMax } = place.limits
  if (place.depth > filterDepthMax) {
    throw refused(place, `calls nest over ${filterDepthMax} deep`)
  }
  place.count.terms += 1
  if (place.count.terms > filterTermsMax) {
    throw refused(place, `the filter has over ${filterTermsMax} terms`)
  }
}

function checkArity(call: Call, count: number, place: Place): void {
  if (call.args.length === count) return
  throw refused(place, `"${call.op}" has ${call.args.length} operands, takes ${count}`)
}

function checkPredicate(term: Term | undefined, place: Place): void {
  if (term?.kind !== 'call') throw refused(place, 'a condition is needed here')
  checkCall(term, { ...place, depth: place.depth + 1 })
}

function checkSome(collection: Term | undefined, predicate: Term | undefined, place: Place): void {
  if (collection?.kind !== 'nested' || !['event', 'link'].includes(collection.level)) {
    throw refused(inside(place, 0), '"some" goes over events or links')
  }
  if (place.bound.includes(collection.level)) {
    throw refused(place, `"some" over ${collection.level} is inside another one`)
  }
  const bound = [...place.bound, collection.level]
  checkPredicate(predicate, { ...inside(place, 1), bound })
}

function checkReference(term: Term | undefined, place: Place): void {
  checkSize(place)
  if (term?.kind === 'attr') {
    if (term.key === '') throw refused(place, 'the attribute has no key')
    checkText(term.key, place)
    if (term.level !== '') checkLevel(term.level, place)
    return
  }
  if (term?.kind !== 'field') throw refused(place, 'an attribute or a field is needed here')
  checkLevel(term.level, place)
  const names: readonly string[] = builtInFields[term.level]
  if (!names.includes(term.name)) {
    throw refused(place, `"${term.name}" is no field of ${term.level}`)
  }
}

function checkLevel(level: FieldLevel, place: Place): void {
  if (!Object.hasOwn(builtInFields, level)) throw refused(place, `"${level}" is no level`)
}

function checkMembership(subject: Term | undefined, list: Term | undefined, place: Place): void {
  checkReference(subject, inside(place, 0))
  const at = inside(place, 1)
  if (list?.kind !== 'list') throw refused(at, 'a list is needed here')
  const { listMax } = place.limits
  if (list.values.length === 0) throw refused(at, 'the list is empty')
  if (list.values.length > listMax) {
    throw refused(at, `the list has over ${listMax} elements`)
  }
  const kind = list.values[0]?.kind
  for (const value of list.values) {
    if (!isConstant(value)) throw refused(at, 'a list holds constants')
    if (value.kind !== kind) throw refused(at, 'the elements of a list have one type')
    if (value.kind === 'string' || value.kind === 'any') checkText(value.value, at)
    if (subject !== undefined) checkPair(subject, value, at)
  }
}

function checkRegex(subject: Term | undefined, pattern: Term | undefined, place: Place): void {
  checkReference(subject, inside(place, 0))
  const at = inside(place, 1)
  checkSize(at)
  if (subject !== undefined && !textDomains.includes(domainOf(subject))) {
    throw refused(inside(place, 0), 'a regular expression needs text')
  }
  if (pattern?.kind !== 'string' && pattern?.kind !== 'any') {
    throw refused(at, 'a regular expression is needed here')
  }
  const { regexMax, regexProgramMax } = place.limits
  if (pattern.value.length > regexMax) {
    throw refused(at, `the expression is longer than ${regexMax}`)
  }
  if (programSize(pattern.value, at) > regexProgramMax) {
    throw refused(at, `the expression needs over ${regexProgramMax} steps`)
  }
}

function programSize(pattern: string, place: Place): number {
  try {
    return RE2JS.compile(pattern).programSize()
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw refused(place, `the expression is not RE2: ${error.message}`)
  }
}

function checkComparison(call: Call, place: Place): void {
  const [left, right] = call.args
  if (left === undefined || right === undefined) throw refused(place, 'an operand is missing')
  checkOperand(left, inside(place, 0))
  checkOperand(right, inside(place, 1))
  checkPair(left, right, place)
  if (call.op === 'eq' || call.op === 'ne') return
  for (const term of [left, right]) {
    if (unordered.includes(domainOf(term))) throw refused(place, `"${call.op}" needs an order`)
  }
}

function checkOperand(term: Term, place: Place): void {
  if (!isConstant(term)) {
    checkReference(term, place)
    return
  }
  checkSize(place)
  if (term.kind === 'any' || term.kind === 'string') checkText(term.value, place)
}

/** Both sides must be able to hold the same kind of value. */
function checkPair(left: Term, right: Term, place: Place): void {
  const [one, other] = [domainOf(left), domainOf(right)]
  if (!meet(one, other)) throw refused(place, `${one} is compared with ${other}`)
  checkWord(left, right, place)
  checkWord(right, left, place)
}

/** Kind and status are one of a few words; another can never match and is a mistake. */
function checkWord(field: Term, constant: Term, place: Place): void {
  const words = field.kind === 'field' ? wordsOf(field) : undefined
  if (words === undefined || !isConstant(constant)) return
  if (words.includes(String(constant.value))) return
  throw refused(place, `"${constant.value}" is none of ${words.join(', ')}`)
}

function checkText(text: string, place: Place): void {
  const { textMax } = place.limits
  if (text.length <= textMax) return
  throw refused(place, `the text is longer than ${textMax}`)
}

type Domain =
  | 'an attribute'
  | 'a constant without type'
  | 'text'
  | 'a word'
  | 'a number'
  | 'a boolean'
  | 'a duration'
  | 'a time'

const textDomains: readonly Domain[] = ['an attribute', 'text', 'a word']
const unordered: readonly Domain[] = ['a word', 'a boolean']

function meet(left: Domain, right: Domain): boolean {
  if (left === right) return true
  const timed = (domain: Domain): boolean => domain === 'a duration' || domain === 'a time'
  if (left === 'an attribute' || right === 'an attribute') {
    const other = left === 'an attribute' ? right : left
    return !timed(other)
  }
  if (left === 'a constant without type') return !timed(right)
  if (right === 'a constant without type') return !timed(left)
  const textual: readonly Domain[] = ['text', 'a word']
  return textual.includes(left) && textual.includes(right)
}

function domainOf(term: Term): Domain {
  switch (term.kind) {
    case 'attr':
      return 'an attribute'
    case 'field':
      return domainOfField(term)
    case 'any':
      return 'a constant without type'
    case 'int':
    case 'double':
      return 'a number'
    case 'bool':
      return 'a boolean'
    case 'durationNano':
      return 'a duration'
    case 'timeUnixNano':
      return 'a time'
    default:
      return 'text'
  }
}

function domainOfField(term: FieldTerm): Domain {
  if (wordsOf(term) !== undefined) return 'a word'
  if (['startTime', 'endTime', 'time'].includes(term.name)) return 'a time'
  return term.name === 'duration' || term.name === 'timeSinceStart' ? 'a duration' : 'text'
}

function wordsOf(term: FieldTerm): readonly string[] | undefined {
  if (term.level !== 'span') return undefined
  if (term.name === 'kind') return kindWords
  return term.name === 'status' ? statusWords : undefined
}

function inside(place: Place, argument: number): Place {
  return { ...place, path: `${place.path}.args[${argument}]` }
}

function refused(place: Place, state: string): GatewayError {
  return new GatewayError('invalid_argument', `Cannot search traces: ${state} at ${place.path}`, {
    field: place.path,
  })
}
