/**
 * How the golden files of test/golden/jaeger-proto end, by what is in them; each with the version of who
 * made it.
 */
export const jaegerProtoFile = {
  /** A PostSpansRequest. */
  request: '.jaeger-idl-0.9.0.bin',
  /** The OTLP that the Collector makes of it, as JSON. */
  translated: '.collector-0.155.0.json',
  /** A TracesData. */
  traces: '.pdata-1.61.0.bin',
  /** A SpansResponseChunk that the Collector makes of either. */
  chunk: '.chunk.collector-0.155.0.bin',
} as const

/** How those of test/golden/otlp end, before `.bin` and `.json`. */
export const otlpMaker = '.opentelemetry-proto-1.45.2'
