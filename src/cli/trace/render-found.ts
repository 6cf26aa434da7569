import type { AnyValue__Output } from '../../../proto/gen/opentelemetry/proto/common/v1/AnyValue.ts'
import type { FoundTrace__Output } from '../../../proto/gen/spangate/v1/FoundTrace.ts'
import { durationText } from './duration-text.ts'
import { printableText } from './printable-text.ts'

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

/** Found traces as lines under a heading, as wide as they must be. */
export function foundTraceTable(traces: readonly FoundTrace__Output[]): string {
  const rows = [
    ['TRACE', 'START', 'DURATION', 'SPANS', 'ERRORS', 'MATCHED', 'ROOT'],
    ...traces.map(rowOf),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column]))))
  return rows
    .map((row) =>
      row
        .map((text, column) =>
          padded(text, widths?.[column] ?? 0, columnsOfNumbers.includes(column)),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

const columnsOfNumbers = [2, 3, 4, 5]

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

function padded(text: string, width: number, isNumber: boolean): string {
  const space = ' '.repeat(Math.max(0, width - lengthOf(text)))
  return isNumber ? space + text : text + space
}

function lengthOf(text: string | undefined): number {
  return [...(text ?? '')].length
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
