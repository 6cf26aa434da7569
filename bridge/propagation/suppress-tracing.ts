import type { Context } from '@opentelemetry/api'
import { createContextKey } from '@opentelemetry/api'

/** Keys are the same for the same text: this is how @opentelemetry/core marks a context. */
const suppressedKey = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** True where nothing is to be traced: what an exporter does must not make spans to export. */
export function isTracingSuppressed(context: Context): boolean {
  return context.getValue(suppressedKey) === true
}

/** The context in which nothing is traced. */
export function suppressTracing(context: Context): Context {
  return context.setValue(suppressedKey, true)
}
