/**
 * Names of the formats in format-table.ts, apart from it: the command line knows them without loading
 * what reads and writes them.
 */

/** Formats that can be read. */
export const inputNames = [
  'otlp_proto',
  'otlp_json',
  'jaeger_proto',
  'jaeger_thrift',
  'jaeger_ui_json',
  'zipkin_json',
  'zipkin_v1_json',
  'zipkin_thrift',
  'zipkin_proto',
] as const
/** One of `inputNames`. */
export type InputName = (typeof inputNames)[number]

/** Formats that can be written. */
export const outputNames = [
  'tree',
  'otlp_proto',
  'otlp_json',
  'jaeger_proto',
  'jaeger_thrift',
  'jaeger_ui_json',
  'zipkin_json',
  'zipkin_proto',
] as const
/** One of `outputNames`. */
export type OutputName = (typeof outputNames)[number]
