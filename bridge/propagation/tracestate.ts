import type { LossReason } from './loss.ts'
import { trimOws } from './traceparent.ts'

/** One vendor's member of a tracestate. */
export type TraceStateMember = readonly [key: string, value: string]

/** The members in their order, and what was left out. */
export interface TraceStateMembers {
  readonly members: readonly TraceStateMember[]
  readonly loss?: { readonly reason: LossReason; readonly count: number }
}

const keyShape = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/
/** Leading spaces are part of a value, trailing ones are not. */
const valueShape = /^[ -+\--<>-~]{0,255}[!-+\--<>-~]$/

/**
 * Reads the values of all tracestate headers, which are one list.
 *
 * A member against the rules, or more members than the limit, void the whole list: what is left
 * could be passed on as if it were what the caller said. Empty members are skipped. Of two members
 * with one key the first stays, as it is the newer.
 *
 * Source: W3C Trace Context Level 2, Tracestate Header; which breaches void the list is what the
 * test suite of the W3C asks for at its strict level.
 */
export function parseTraceState(values: readonly string[], membersMax: number): TraceStateMembers {
  const members = new Map<string, string>()
  let duplicates = 0
  for (const text of values.flatMap((value) => value.split(','))) {
    if (trimOws(text) === '') continue
    const member = parseMember(text)
    if (member === undefined) return voided('malformed')
    const [key, value] = member
    if (members.has(key)) duplicates++
    else if (members.size === membersMax) return voided('limit_members')
    else members.set(key, value)
  }
  const loss = { reason: 'duplicate', count: duplicates } as const
  return { members: [...members], ...(duplicates > 0 && { loss }) }
}

/** True when this may be the key of a member. */
export function isTraceStateKey(key: string): boolean {
  return keyShape.test(key)
}

/** True when this may be the value of a member. */
export function isTraceStateValue(value: string): boolean {
  return valueShape.test(value)
}

/** The list as it is written in a header. */
export function formatTraceState(members: readonly TraceStateMember[]): string {
  return members.map(([key, value]) => `${key}=${value}`).join(',')
}

/** A member over this length goes first when the list has to become shorter. */
const longMember = 128

/**
 * The list within so many characters: members over 128 characters go first, from the end, then
 * others from the end.
 *
 * Source: W3C Trace Context Level 2, tracestate Limits.
 */
export function shortenTraceState(
  members: readonly TraceStateMember[],
  charactersMax: number,
): readonly TraceStateMember[] {
  const kept = [...members]
  for (const isFirstRound of [true, false]) {
    for (let at = kept.length - 1; at >= 0 && lengthOf(kept) > charactersMax; at--) {
      const [key, value] = kept[at] ?? ['', '']
      if (!isFirstRound || key.length + 1 + value.length > longMember) kept.splice(at, 1)
    }
  }
  return kept
}

function lengthOf(members: readonly TraceStateMember[]): number {
  return members.reduce((sum, [key, value]) => sum + key.length + value.length + 2, -1)
}

function parseMember(text: string): TraceStateMember | undefined {
  const member = trimOws(text)
  const at = member.indexOf('=')
  if (at < 0) return undefined
  const [key, value] = [member.slice(0, at), member.slice(at + 1)]
  return isTraceStateKey(key) && isTraceStateValue(value) ? [key, value] : undefined
}

function voided(reason: LossReason): TraceStateMembers {
  return { members: [], loss: { reason, count: 1 } }
}
