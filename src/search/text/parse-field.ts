import { attributeNamed, intrinsicNamed } from './reference-names.ts'
import type { Constant, FieldExpression, FieldOperator, Reference } from './syntax.ts'
import type { TokenReader } from './token-reader.ts'

/**
 * Reads an expression in braces. `&&` and `||` have one precedence and group from the left, as in
 * TraceQL; comparisons come before them, then sums, `!`, products, powers and the sign.
 *
 * @throws GatewayError 'invalid_argument' with line, column and what was expected
 */
export function parseField(reader: TokenReader, precedence = 1): FieldExpression {
  return reader.deeper(() => {
    let left = parseOperand(reader)
    for (;;) {
      const { mark, next } = reader
      const own = mark === undefined ? undefined : precedences[mark]
      if (mark === undefined || own === undefined || own < precedence) return left
      reader.take()
      // Powers group from the right.
      const right = parseField(reader, mark === '^' ? own : own + 1)
      left = { kind: 'binary', op: mark as FieldOperator, left, right, at: next.at }
    }
  })
}

/** A number that is written with signs and sums, `1 - 3`. */
export function parseNumber(reader: TokenReader): FieldExpression {
  return parseField(reader, sumPrecedence)
}

/** An attribute or intrinsic field; undefined when something else is next. */
export function parseReference(reader: TokenReader): Reference | undefined {
  const token = reader.next
  switch (token.kind) {
    case 'attribute': {
      reader.take()
      if (token.scope === 'parent') throw reader.unsupported(token.at, 'an attribute of the parent')
      return attributeNamed(token.scope, token.key, token.at)
    }
    case 'intrinsic': {
      const reference = intrinsicNamed(token.name, token.at)
      if (reference === undefined) {
        throw reader.error(token.at, `there is no field "${token.name}"`)
      }
      reader.take()
      return reference
    }
    case 'word': {
      if (unsupportedFields.includes(token.word)) {
        throw reader.unsupported(token.at, `the field "${token.word}"`)
      }
      const reference = intrinsicNamed(token.word, token.at)
      if (reference !== undefined) reader.take()
      return reference
    }
    default:
      return undefined
  }
}

const sumPrecedence = 3
const signPrecedence = 7
const notPrecedence = 4

/** Source: Grafana Tempo, pkg/traceql/expr.y, the order of its operators. */
const precedences: Readonly<Record<string, number>> = {
  '&&': 1,
  '||': 1,
  '=': 2,
  '!=': 2,
  '=~': 2,
  '!~': 2,
  '>': 2,
  '>=': 2,
  '<': 2,
  '<=': 2,
  '+': sumPrecedence,
  '-': sumPrecedence,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
}

/** Places in a numbering of the whole trace, which is not kept here. */
const unsupportedFields = ['parent', 'nestedSetLeft', 'nestedSetRight', 'nestedSetParent']

const statusConstants = ['ok', 'error', 'unset']
const kindConstants = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']

function parseOperand(reader: TokenReader): FieldExpression {
  const { at } = reader.next
  if (reader.takesMark('(')) {
    const inner = parseField(reader)
    reader.needMark(')', 'an operator')
    return inner
  }
  if (reader.takesMark('-')) {
    return { kind: 'unary', op: '-', inner: parseField(reader, signPrecedence), at }
  }
  if (reader.takesMark('!')) {
    return { kind: 'unary', op: '!', inner: parseField(reader, notPrecedence), at }
  }
  const reference = parseReference(reader)
  if (reference !== undefined) return reference
  const constant = constantOf(reader)
  if (constant === undefined) throw misplaced(reader)
  reader.take()
  return constant
}

function constantOf(reader: TokenReader): Constant | undefined {
  const token = reader.next
  const { at } = token
  switch (token.kind) {
    case 'string':
      return { kind: 'constant', type: 'string', value: token.value, at }
    case 'int':
      return { kind: 'constant', type: 'int', value: token.value, at }
    case 'float':
      return { kind: 'constant', type: 'float', value: token.value, at }
    case 'duration':
      return { kind: 'constant', type: 'duration', value: token.nano, at }
    case 'word':
      return constantNamed(token.word, at)
    default:
      return undefined
  }
}

function constantNamed(word: string, at: number): Constant | undefined {
  if (word === 'nil') return { kind: 'constant', type: 'nil', at }
  if (word === 'true' || word === 'false') {
    return { kind: 'constant', type: 'bool', value: word === 'true', at }
  }
  if (word === 'minInt') return { kind: 'constant', type: 'int', value: -(2n ** 63n), at }
  if (word === 'maxInt') return { kind: 'constant', type: 'int', value: 2n ** 63n - 1n, at }
  if (statusConstants.includes(word)) return { kind: 'constant', type: 'status', value: word, at }
  if (kindConstants.includes(word)) return { kind: 'constant', type: 'kind', value: word, at }
  return undefined
}

function misplaced(reader: TokenReader): Error {
  const token = reader.next
  if (token.kind !== 'word') {
    return reader.unexpected(['an attribute such as ".key"', 'a field such as "name"', 'a value'])
  }
  return reader.error(
    token.at,
    `"${token.word}" is no field; an attribute has a dot before it, ".${token.word}"`,
  )
}
