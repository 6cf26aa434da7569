import type { Call, ConstantTerm, Term } from '../../src/ports/span-query.ts'
import type { WireCall, WireExpression } from '../../src/query/read-filter.ts'

/** A filter as a client writes it: constants as text, with their type where they have one. */
export function wireFilterOf({ op, args }: Call): WireCall {
  return { op, args: args.map(expressionOf) }
}

function expressionOf(term: Term): WireExpression {
  switch (term.kind) {
    case 'call':
      return { call: wireFilterOf(term) }
    case 'attr':
      return { attr: { key: term.key, level: term.level } }
    case 'field':
      return { field: { name: term.name, level: term.level } }
    case 'nested':
      return { nested: { level: term.level } }
    case 'list': {
      const constants = term.values.map(scalarOf)
      return {
        list: { values: constants.map(({ value }) => value), type: constants[0]?.type ?? '' },
      }
    }
    default:
      return { scalar: scalarOf(term) }
  }
}

function scalarOf(constant: ConstantTerm): { value: string; type: string } {
  switch (constant.kind) {
    case 'any':
      return { value: constant.value, type: '' }
    case 'durationNano':
      return { value: `${constant.value}ns`, type: '' }
    case 'timeUnixNano':
      return { value: timeText(constant.value), type: '' }
    default:
      return { value: String(constant.value), type: constant.kind }
  }
}

function timeText(nano: bigint): string {
  const second = new Date(Number(nano / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${second}.${String(nano % 1_000_000_000n).padStart(9, '0')}Z`
}
