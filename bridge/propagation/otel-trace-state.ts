import type { TraceState } from '@opentelemetry/api'
import type { TraceStateMember } from './tracestate.ts'
import {
  formatTraceState,
  isTraceStateKey,
  isTraceStateValue,
  parseTraceState,
} from './tracestate.ts'

const membersMax = 32

/**
 * A tracestate for OpenTelemetry's API, whose own drops all of one that is over 512 characters and
 * refuses keys of level 2.
 *
 * Never changes: `set` and `unset` give another. `set` puts the member in front; at 32 members the
 * last one goes. A key or value against the rules changes nothing.
 *
 * Source: W3C Trace Context Level 2, Mutating the tracestate Field.
 */
export function otelTraceState(text: string): TraceState {
  return of(parseTraceState([text], membersMax).members)
}

function of(members: readonly TraceStateMember[]): TraceState {
  const without = (key: string) => members.filter(([other]) => other !== key)
  return {
    get: (key) => members.find(([other]) => other === key)?.[1],
    set: (key, value) => {
      if (!isTraceStateKey(key) || !isTraceStateValue(value)) return of(members)
      return of([[key, value] as const, ...without(key)].slice(0, membersMax))
    },
    unset: (key) => of(without(key)),
    serialize: () => formatTraceState(members),
  }
}
