/** How `spangate trace get` prints a trace. */
export const traceFormats = ['tree', 'otlp_json', 'jaeger_ui_json', 'zipkin_json'] as const

/** One of `traceFormats`. */
export type TraceFormat = (typeof traceFormats)[number]
