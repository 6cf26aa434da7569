import type {
  AttributeLevel,
  AttributeTerm,
  Call,
  ConstantTerm,
  FieldLevel,
  FieldTerm,
  ListTerm,
  NestedTerm,
  Operator,
  Term,
} from '../../src/ports/span-query.ts'

/** Short words for the terms of a filter, for tests. */
export function call(op: Operator, ...args: readonly Term[]): Call {
  return { kind: 'call', op, args }
}

/** An attribute, `attr('span', 'key')`; '' is any level. */
export function attr(level: AttributeLevel, key: string): AttributeTerm {
  return { kind: 'attr', level, key }
}

export function field(level: FieldLevel, name: string): FieldTerm {
  return { kind: 'field', level, name }
}

export function nested(level: 'event' | 'link'): NestedTerm {
  return { kind: 'nested', level }
}

export function list(...values: readonly ConstantTerm[]): ListTerm {
  return { kind: 'list', values }
}

/** A constant without type. */
export function any(value: string): ConstantTerm {
  return { kind: 'any', value }
}

export function string(value: string): ConstantTerm {
  return { kind: 'string', value }
}

export function int(value: bigint): ConstantTerm {
  return { kind: 'int', value }
}

export function double(value: number): ConstantTerm {
  return { kind: 'double', value }
}

export function bool(value: boolean): ConstantTerm {
  return { kind: 'bool', value }
}

export function durationNano(value: bigint): ConstantTerm {
  return { kind: 'durationNano', value }
}

export function timeUnixNano(value: bigint): ConstantTerm {
  return { kind: 'timeUnixNano', value }
}

/** The spans of a service. */
export function ofService(service: string): Call {
  return call('eq', field('resource', 'service'), string(service))
}
