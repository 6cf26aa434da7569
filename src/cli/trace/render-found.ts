import type { AnyValue__Output } from '../../../proto/gen/opentelemetry/proto/common/v1/AnyValue.ts'
import type { FoundTrace__Output } from '../../../proto/gen/spangate/v1/FoundTrace.ts'
import { durationText } from './duration-text.ts'
import { printableText } from './printable-text.ts'
import { columnsOf, cutToColumns, padToColumns } from './text-columns.ts'

/** A found trace as JSON has it: that of the answer, 64-bit numbers as text, what was selected by name. */
export function foundTraceJson({ traceId, spans: found, ...trace }: FoundTrace__Output): unknown {
  const spans = found.map(({ selected, ...span }) => ({
    ...span,
    ...(selected.length > 0 && {
      selected: Object.fromEntries(selected.map(({ key, value }) => [key, plainValue(value)])),
    }),
  }))
  return { traceId, ...trace, spans }
}

/** How a list of traces looks. */
export interface TableStyle {
  /** How wide it may be; undefined: as wide as it must be. */
  readonly columns?: number | undefined
}

/**
 * Found traces as lines under a heading. Where there are not enough columns roots are cut; where there are
 * far too few, each trace takes two lines, so that none breaks in the middle.
 */
export function foundTraceTable(
  traces: readonly FoundTrace__Output[],
  { columns = Number.POSITIVE_INFINITY }: TableStyle = {},
): string {
  const rows = [headings, ...traces.map(rowOf)]
  const widths = headings.map((_, column) =>
    rows.reduce((width, row) => Math.max(width, columnsOf(row[column] ?? '')), 0),
  )
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0)
  const root = Math.min(widths.at(-1) ?? 0, rootColumnsMin)
  if (before + root > columns) return foundTraceList(traces, columns)
  return rows
    .map((row) => row.map((text, column) => aligned(text, column, widths[column] ?? 0)).join(gap))
    .map((line) => `${cutToColumns(line.trimEnd(), columns)}\n`)
    .join('')
}

const headings: readonly string[] = [
  'TRACE',
  'START',
  'DURATION',
  'SPANS',
  'ERRORS',
  'MATCHED',
  'ROOT',
]
const columnsOfNumbers = [2, 3, 4, 5]
const gap = '  '
/** A root of which less is seen tells nothing. */
const rootColumnsMin = 20

/** Two lines a trace. */
function foundTraceList(traces: readonly FoundTrace__Output[], columns: number): string {
  return traces
    .flatMap((trace) => {
      const [id, start, duration, spans, errors, matched, root] = rowOf(trace)
      const counted = spans === '1' ? '1 span' : `${spans} spans`
      const failed = errors === '0' ? '' : `, ${errors} failed`
      return [
        `${id}  ${start}  ${duration}`,
        cutToColumns(`  ${counted}, ${matched} matched${failed}: ${root}`, columns),
      ]
    })
    .map((line) => `${line}\n`)
    .join('')
}

function aligned(text: string, column: number, width: number): string {
  if (!columnsOfNumbers.includes(column)) return padToColumns(text, width)
  return ' '.repeat(Math.max(0, width - columnsOf(text))) + text
}

function rowOf(trace: FoundTrace__Output): string[] {
  const start = BigInt(trace.minStartTimeUnixNano)
  const root = [trace.rootServiceName, trace.rootOperationName].filter((text) => text !== '')
  return [
    trace.traceId,
    new Date(Number(start / 1_000_000n)).toISOString(),
    durationText(BigInt(trace.maxEndTimeUnixNano) - start),
    String(trace.spanCount),
    String(trace.errorSpanCount),
    String(trace.matchedSpanCount),
    root.length === 0 ? '(no root)' : printableText(root.join(' ')),
  ]
}

/** Integers that a JSON number cannot hold stay text; bytes are base64. */
function plainValue(value: AnyValue__Output | null): unknown {
  switch (value?.value) {
    case 'intValue': {
      const number = Number(value.intValue)
      return Number.isSafeInteger(number) ? number : value.intValue
    }
    case 'bytesValue':
      return value.bytesValue?.toString('base64')
    case 'arrayValue':
      return value.arrayValue?.values.map(plainValue)
    case 'kvlistValue': {
      const entries = value.kvlistValue?.values ?? []
      return Object.fromEntries(entries.map(({ key, value }) => [key, plainValue(value)]))
    }
    case undefined:
      return ''
    default:
      return value?.[value.value]
  }
}
