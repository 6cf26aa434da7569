import type { AttributeValue } from '@opentelemetry/api'
import { attributesOf, attributeValueOf } from './tag-value.ts'

/** An event of OpenTelemetry's API. */
export interface LogEvent {
  readonly name: string
  readonly attributes: Record<string, AttributeValue>
}

const nameWithout = 'log'
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
export function logEvent(fields: Readonly<Record<string, unknown>>): LogEvent {
  const { event, ...others } = fields
  if (event === 'error') return exceptionEvent(fields)
  const name = event === undefined || event === null ? '' : String(attributeValueOf(event))
  return { name: name === '' ? nameWithout : name, attributes: attributesOf(others) }
}

function exceptionEvent(fields: Readonly<Record<string, unknown>>): LogEvent {
  const { 'error.object': object, ...others } = fields
  const name = 'exception'
  if (object instanceof Error) {
    return { name, attributes: { ...attributesOf(others), ...exceptionOf(object) } }
  }
  const mapped = Object.entries(fields).map(
    ([key, value]) => [exceptionKeys.get(key) ?? key, attributeValueOf(value)] as const,
  )
  const attributes = Object.fromEntries(mapped)
  if (typeof object === 'string') attributes['exception.message'] ??= object
  return { name, attributes }
}

function exceptionOf(error: Error): Record<string, AttributeValue> {
  const { name, message, stack } = error
  return {
    'exception.type': String(name),
    'exception.message': String(message),
    ...(stack !== undefined && { 'exception.stacktrace': String(stack) }),
  }
}
