/**
 * Keys that mean something in one of the two models and not in the other.
 *
 * Source: opentelemetry-collector-contrib, pkg/translator/jaeger v0.155.0 (the translator of Jaeger
 * 2.20); the `@jaeger@` keys: jaeger v2.20.0, internal/jptrace/attributes.go, whose first one is
 * followed here by a second.
 */
export const TagName = {
  spanKind: 'span.kind',
  error: 'error',
  statusCode: 'otel.status_code',
  statusDescription: 'otel.status_description',
  httpStatusMessage: 'http.status_message',
  httpStatusCode: 'http.status_code',
  httpResponseStatusCode: 'http.response.status_code',
  traceState: 'w3c.tracestate',
  scopeName: 'otel.scope.name',
  scopeVersion: 'otel.scope.version',
  referenceType: 'opentracing.ref_type',
  event: 'event',
  serviceName: 'service.name',
  hostname: 'hostname',
  hostName: 'host.name',
  jaegerVersion: 'jaeger.version',
  exporterVersion: 'opencensus.exporterversion',
  /** Attribute of a span: its Jaeger warnings, a list of strings. */
  warnings: '@jaeger@warnings',
  /** Attribute of a span: its Jaeger flags without bit 0, an int. */
  flags: '@jaeger@flags',
} as const

/** What an OTLP link attribute `opentracing.ref_type` says. */
export const ReferenceTypeText = { childOf: 'child_of', followsFrom: 'follows_from' } as const

/** jaeger.api_v2.ValueType. */
export const ValueType = { string: 0, bool: 1, int64: 2, float64: 3, binary: 4 } as const

/** jaeger.api_v2.SpanRefType. */
export const ReferenceType = { childOf: 0, followsFrom: 1 } as const

/** Flag of a Jaeger span that says that it was sampled; the same bit as in OTLP. */
export const sampledFlag = 1
