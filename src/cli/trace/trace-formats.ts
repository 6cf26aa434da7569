/** How `spangate trace get` prints a trace. */
export const traceFormats = [
  'tree',
  'otlp_json',
  'jaeger_ui_json',
  'zipkin_json',
  'zipkin_proto',
] as const

/** One of `traceFormats`. */
export type TraceFormat = (typeof traceFormats)[number]

/** Those that are bytes and no text: nothing for a terminal. */
export const binaryFormats: ReadonlySet<TraceFormat> = new Set(['zipkin_proto'])
