import type { Call, Operator, Term } from '../../ports/span-query.ts'

/** A call of the filter tree, in short. */
export function call(op: Operator, ...args: readonly Term[]): Call {
  return { kind: 'call', op, args }
}

/** A condition that holds for every span, or for none. */
export function constantCondition(holds: boolean): Call {
  return call('eq', { kind: 'int', value: 1n }, { kind: 'int', value: holds ? 1n : 0n })
}

/** Both conditions or either of them; chains of one operator become one call. */
export function joined(op: 'and' | 'or', left: Call, right: Call): Call {
  const parts = (one: Call): readonly Term[] => (one.op === op ? one.args : [one])
  return call(op, ...parts(left), ...parts(right))
}
