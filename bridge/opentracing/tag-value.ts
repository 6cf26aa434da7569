import type { AttributeValue, HrTime } from '@opentelemetry/api'
import { hexOf } from '../model/identifier.ts'
import type { OpenTracingLosses } from './loss.ts'
import { attempt, textOf, unreadable } from './odd-values.ts'

/**
 * A tag or field of a log as OpenTelemetry takes it: text, boolean, number, and lists of one of them
 * stay; bytes are hex; everything else is text: JSON where it is an object, without a value `null`
 * or `undefined`.
 *
 * Source: OpenTelemetry specification, compatibility/opentracing.md, Set Tag; Jaeger's clients.
 */
export function attributeValueOf(value: unknown): AttributeValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value
    case 'object':
      return attempt(() => (isPlainList(value) ? value : objectText(value)), unreadable)
    default:
      return textOf(value)
  }
}

/** The same for all entries. */
export function attributesOf(
  entries: Iterable<readonly [key: string, value: unknown]>,
): Record<string, AttributeValue> {
  return Object.fromEntries([...entries].map(([key, value]) => [key, attributeValueOf(value)]))
}

/**
 * ms since the epoch, with a fraction, as seconds and nanoseconds: OpenTelemetry takes a small number
 * for a time of its own clock. A fraction is rounded to µs, which is what such a number can hold.
 * Undefined, with a loss, for what is no time.
 */
export function timeOf(ms: unknown, call: string, losses: OpenTracingLosses): HrTime | undefined {
  if (ms === undefined || ms === null) return undefined
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
    losses.add('bad_time', `${call}: ${textOf(ms)} is no time in ms since the epoch`)
    return undefined
  }
  const micros = Math.round(ms * 1000)
  return [Math.floor(micros / 1e6), (micros % 1e6) * 1000]
}

function isPlainList(value: object | null): value is string[] | number[] | boolean[] {
  if (!Array.isArray(value)) return false
  const [first] = value
  const type = typeof first
  return (
    (first === undefined || type === 'string' || type === 'number' || type === 'boolean') &&
    value.every((item) => typeof item === type)
  )
}

function objectText(value: object | null): string {
  if (value instanceof Error) return String(value)
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? String(value) : value.toISOString()
  if (value instanceof Uint8Array) return hexOf(value)
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // A ring, or a bigint inside: the kind of object is all that can be told.
    return Object.prototype.toString.call(value)
  }
}
