import { base64Of } from '../wire/bytes-text.ts'
import type { AnyValue, KeyValue } from './span.ts'

/**
 * A list or map as JSON, which is how it stands in a Jaeger tag.
 *
 * Map entries are sorted by key, the last of equal keys counts; an int is written with all its
 * digits, bytes are base64, an empty value is null. NaN and infinities, which JSON has not, are
 * their names as strings.
 *
 * Source: opentelemetry-collector, pdata/pcommon/value.go (AsString), except for the last.
 */
export function jsonText(value: AnyValue | undefined): string {
  switch (value?.kind) {
    case undefined:
    case 'empty':
      return 'null'
    case 'bool':
    case 'int':
      return String(value.value)
    case 'double':
      return doubleText(value.value)
    case 'string':
      return stringText(value.value)
    case 'bytes':
      return `"${base64Of(value.value)}"`
    case 'array':
      return `[${value.value.map(jsonText).join(',')}]`
    case 'kvlist':
      return mapText(value.value)
  }
}

function mapText(entries: readonly KeyValue[]): string {
  const byKey = new Map<string, AnyValue | undefined>()
  for (const { key, value } of entries) byKey.set(key, value)
  const keys = [...byKey.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return `{${keys.map((key) => `${stringText(key)}:${jsonText(byKey.get(key))}`).join(',')}}`
}

function doubleText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return `"${value}"`
}

/** JSON.stringify, but for two characters that Go's encoder escapes as well. */
function stringText(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
