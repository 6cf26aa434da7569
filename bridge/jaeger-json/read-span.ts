import { hexOf, shortTraceIdText } from '../model/identifier.ts'
import type {
  JaegerLog,
  JaegerProcess,
  JaegerReference,
  JaegerSpan,
  JaegerTag,
} from './jaeger-trace.ts'
import { readFields } from './read-fields.ts'
import { readTag } from './read-tag.ts'

/** A span, and the body of the jaeger.api_v2.Process that is to get an id. */
export interface SpanOfProcess {
  readonly span: Omit<JaegerSpan, 'processID'>
  readonly processBody: Uint8Array
}

/**
 * Body of a jaeger.api_v2.Span -> the JSON span. Times are whole µs, truncated; a negative duration
 * and a start before 1970, which Jaeger's unsigned numbers turn into enormous ones, stay negative.
 *
 * Source of the field numbers: jaeger-idl, api_v2/model.proto.
 *
 * @throws WireError
 */
export function readSpan(body: Uint8Array): SpanOfProcess {
  let traceID = ''
  let spanID = ''
  let operationName = ''
  let flags = 0
  let startTime = 0
  let duration = 0
  let processBody: Uint8Array = new Uint8Array()
  const references: JaegerReference[] = []
  const tags: JaegerTag[] = []
  const logs: JaegerLog[] = []
  const warnings: string[] = []
  readFields(body, {
    1: (reader) => {
      traceID = shortTraceIdText(reader.slice())
    },
    2: (reader) => {
      spanID = hexOf(reader.slice())
    },
    3: (reader) => {
      operationName = reader.string()
    },
    4: (reader) => references.push(readReference(reader.slice())),
    5: (reader) => {
      flags = reader.uint32()
    },
    6: (reader) => {
      startTime = readMicros(reader.slice())
    },
    7: (reader) => {
      duration = readMicros(reader.slice())
    },
    8: (reader) => tags.push(readTag(reader.slice())),
    9: (reader) => logs.push(readLog(reader.slice())),
    10: (reader) => {
      processBody = reader.slice()
    },
    12: (reader) => warnings.push(reader.string()),
  })
  const span = {
    traceID,
    spanID,
    ...(flags === 0 ? {} : { flags }),
    operationName,
    references,
    startTime,
    duration,
    tags,
    logs,
    warnings: warnings.length === 0 ? null : warnings,
  }
  return { span, processBody }
}

/** Body of a jaeger.api_v2.Process. @throws WireError */
export function readProcess(body: Uint8Array): JaegerProcess {
  let serviceName = ''
  const tags: JaegerTag[] = []
  readFields(body, {
    1: (reader) => {
      serviceName = reader.string()
    },
    2: (reader) => tags.push(readTag(reader.slice())),
  })
  return { serviceName, tags }
}

function readReference(body: Uint8Array): JaegerReference {
  let traceID = ''
  let spanID = ''
  let refType: JaegerReference['refType'] = 'CHILD_OF'
  readFields(body, {
    1: (reader) => {
      traceID = shortTraceIdText(reader.slice())
    },
    2: (reader) => {
      spanID = hexOf(reader.slice())
    },
    3: (reader) => {
      if (reader.uint32() === 1) refType = 'FOLLOWS_FROM'
    },
  })
  return { refType, traceID, spanID }
}

function readLog(body: Uint8Array): JaegerLog {
  let timestamp = 0
  const fields: JaegerTag[] = []
  readFields(body, {
    1: (reader) => {
      timestamp = readMicros(reader.slice())
    },
    2: (reader) => fields.push(readTag(reader.slice())),
  })
  return { timestamp, fields }
}

/** Timestamp or Duration. */
function readMicros(body: Uint8Array): number {
  let seconds = 0n
  let nanos = 0
  readFields(body, {
    1: (reader) => {
      seconds = reader.int64()
    },
    2: (reader) => {
      nanos = reader.int32()
    },
  })
  return Number(seconds * 1_000_000n + BigInt(Math.trunc(nanos / 1000)))
}
