import type { Difference } from './json-differences.ts'

/** A span as protobufjs reads it from Jaeger's bytes, as far as differences are explained by it. */
export interface JaegerSpan {
  readonly trace_id: string
  readonly span_id: string
  readonly flags?: number
  readonly warnings?: readonly string[]
  readonly tags?: readonly JaegerTag[]
  readonly logs?: readonly { readonly fields?: readonly JaegerTag[] }[]
  readonly start_time?: { readonly seconds?: string }
}

/** A tag, a field of a log. */
export interface JaegerTag {
  readonly key?: string
  readonly v_type?: string
  readonly v_str?: string
}

/** A difference to the Collector's translator that is meant; its name stands in the README too. */
export interface Explanation {
  readonly name: string
  /** Whether this is why the two differ there, for a span that Jaeger had like this. */
  explains(difference: Difference, span: JaegerSpan): boolean
}

/** Jaeger to OTLP. The README of bridge/jaeger-proto says why, by these names. */
export const explainedToOtlp: readonly Explanation[] = [
  {
    name: 'empty status',
    explains: ({ path, theirs, ours }) =>
      path === '.span.status' && JSON.stringify(theirs) === '{}' && ours === undefined,
  },
  {
    name: 'sampled flag',
    explains: ({ path, theirs, ours }, { flags = 0 }) =>
      path === '.span.flags' && theirs === undefined && ours === 1 && (flags & 1) === 1,
  },
  {
    name: 'other flags',
    explains: ({ path, theirs, ours }, { flags = 0 }) =>
      path === '.span.attributes.@jaeger@flags' &&
      theirs === undefined &&
      JSON.stringify(ours) === JSON.stringify({ intValue: String(flags - (flags & 1)) }),
  },
  {
    name: 'warnings',
    explains: ({ path, theirs, ours }, { warnings = [] }) =>
      path === '.span.attributes.@jaeger@warnings' &&
      theirs === undefined &&
      warnings.every((text) => JSON.stringify(ours).includes(JSON.stringify(text))) &&
      warnings.length > 0,
  },
  {
    name: 'event that is no text',
    explains: ({ path, theirs }, { logs = [] }) => {
      const [, at, rest] = /^\.span\.events\[(\d+)\]\.(name|attributes\.event)$/.exec(path) ?? []
      const field = logs[Number(at)]?.fields?.find(({ key }) => key === 'event')
      return rest !== undefined && theirs === undefined && field?.v_type !== undefined
    },
  },
  {
    name: 'status of http.response.status_code',
    explains: ({ path, theirs }, { tags = [] }) =>
      /^\.span\.status\.(code|message)$/.test(path) &&
      theirs === undefined &&
      tags.some(({ key }) => key === 'http.response.status_code') &&
      !tags.some(({ key }) => key === 'http.status_code'),
  },
  {
    name: 'id of zeros',
    explains: ({ path, theirs, ours }) =>
      /^\.span\.links\[\d+\]\.(spanId|traceId)$/.test(path) &&
      theirs === undefined &&
      /^0+$/.test(String(ours)),
  },
  {
    name: 'span.kind that is no kind',
    explains: ({ path, theirs, ours }) =>
      path === '.span.attributes.span.kind' && theirs === undefined && ours !== undefined,
  },
  {
    name: 'CHILD_OF in another trace',
    explains: ({ path, theirs = [], ours }, { trace_id }) => {
      if (!/^\.span\.links(\[\d+:\])?$/.test(path) || !Array.isArray(ours)) return false
      const known = new Set(
        (Array.isArray(theirs) ? theirs : []).map((link) => JSON.stringify(link)),
      )
      const own = Buffer.from(trace_id, 'base64').toString('hex').padStart(32, '0')
      const more = ours.map((link) => JSON.stringify(link)).filter((link) => !known.has(link))
      return more.every((link) => link.includes('"child_of"') && !link.includes(own))
    },
  },
  {
    name: 'start before 1970',
    explains: ({ path }, { start_time }) =>
      String(start_time?.seconds).startsWith('-') &&
      /^\.span\.(startTimeUnixNano|endTimeUnixNano|attributes\.@jaeger@warnings)$/.test(path),
  },
]

/** OTLP to Jaeger; the span is what the Collector made. */
export const explainedToJaeger: readonly Explanation[] = [
  {
    name: 'sampled flag',
    explains: ({ path, theirs, ours }) => path === '.flags' && theirs === undefined && ours === 1,
  },
  {
    name: 'minus zero',
    // A plain zero is left out by both.
    explains: ({ path, theirs, ours }) =>
      /\.v_float64$/.test(path) && theirs === undefined && ours === 0,
  },
  {
    name: 'event beside its name',
    explains: ({ path, theirs, ours }) =>
      /\.logs\[\d+\]\.fields\[\d+:\]$/.test(path) &&
      Array.isArray(theirs) &&
      Array.isArray(ours) &&
      JSON.stringify(ours.at(-1)).startsWith('{"key":"event"') &&
      withoutZero(theirs) === withoutZero(ours.slice(0, -1)),
  },
  {
    name: 'root that links into its trace',
    explains: ({ path, theirs, ours }, { trace_id }) =>
      path === '.references[0:]' &&
      JSON.stringify(theirs) === '[]' &&
      JSON.stringify(ours) === JSON.stringify([{ trace_id, span_id: 'AAAAAAAAAAA=' }]),
  },
  {
    name: 'empty bytes in a list',
    explains: ({ path, theirs, ours }) =>
      /\.v_str$/.test(path) && withoutNull(theirs) === withoutNull(ours),
  },
  {
    name: 'missing service name',
    explains: ({ path, theirs, ours }) =>
      path === '.process.service_name' &&
      (theirs === undefined || theirs === 'OTLPResourceNoServiceName') &&
      ours === 'missing-service-name',
  },
]

function withoutZero(json: unknown): string {
  return JSON.stringify(json).replaceAll(',"v_float64":0}', '}')
}

function withoutNull(json: unknown): string {
  return String(json).replaceAll(/\bnull\b/g, '""')
}
