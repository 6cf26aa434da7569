import type { AttributeValue } from '@opentelemetry/api'
import { attempt, textOf, unreadable } from './odd-values.ts'
import { attributesOf, attributeValueOf } from './tag-value.ts'

/** An event of OpenTelemetry's API. */
export interface LogEvent {
  readonly name: string
  readonly attributes: Record<string, AttributeValue>
}

const nameWithout = 'log'
const errorObject = 'error.object'
/** Fields of an error, and what the attributes of an exception are called. */
const exceptionKeys = new Map([
  ['error.kind', 'exception.type'],
  ['message', 'exception.message'],
  ['stack', 'exception.stacktrace'],
])

/**
 * A log of OpenTracing as an event: the field `event` is its name and no attribute, without it the name
 * is `log`.
 *
 * With `event=error` it is an exception by OpenTelemetry's conventions. An Error in `error.object` says
 * its own type, message and stack, and the other fields stay beside it; without one they are taken from
 * `error.kind`, `message` and `stack`, or the message from an `error.object` that is a text. `event`
 * stays an attribute then, as the name has become another one.
 *
 * Source: OpenTelemetry specification, compatibility/opentracing.md, Log.
 */
export function logEvent(fields: readonly (readonly [key: string, value: unknown])[]): LogEvent {
  const event = new Map(fields).get('event')
  if (event === 'error') return exceptionEvent(fields)
  const others = fields.filter(([key]) => key !== 'event')
  const name = event === undefined || event === null ? '' : String(attributeValueOf(event))
  return { name: name === '' ? nameWithout : name, attributes: attributesOf(others) }
}

function exceptionEvent(fields: readonly (readonly [key: string, value: unknown])[]): LogEvent {
  const object = new Map(fields).get(errorObject)
  const name = 'exception'
  if (attempt(() => object instanceof Error, false)) {
    const others = fields.filter(([key]) => key !== errorObject)
    return { name, attributes: { ...attributesOf(others), ...exceptionOf(object as Error) } }
  }
  const mapped = fields.map(([key, value]) => [exceptionKeys.get(key) ?? key, value] as const)
  const attributes = attributesOf(mapped)
  if (typeof object === 'string') attributes['exception.message'] ??= object
  return { name, attributes }
}

function exceptionOf(error: Error): Record<string, AttributeValue> {
  const read = (key: 'name' | 'message' | 'stack') => attempt((): unknown => error[key], unreadable)
  const stack = read('stack')
  return {
    'exception.type': textOf(read('name')),
    'exception.message': textOf(read('message')),
    ...(stack !== undefined && { 'exception.stacktrace': textOf(stack) }),
  }
}
