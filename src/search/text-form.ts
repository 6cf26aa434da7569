import { doubleText } from '../../bridge/model/double-text.ts'
import { hexOf } from '../../bridge/model/identifier.ts'
import type { Value } from './value.ts'

/**
 * A value as text, for conditions that name no type and for regular expressions.
 *
 * Booleans are `true` and `false`, integers decimal, doubles like Go's `%g` with ten digits, bytes
 * lower-case hex, an empty value the empty text. Durations and times have no text form.
 *
 * Source: Jaeger, internal/storage tag encoding (a tag as string, for search and index).
 */
export function textForm(value: Value): string | undefined {
  switch (value.kind) {
    case 'string':
      return value.value
    case 'bool':
      return value.value ? 'true' : 'false'
    case 'int':
      return value.value.toString()
    case 'double':
      return doubleText(value.value)
    case 'bytes':
      return hexOf(value.value)
    case 'empty':
      return ''
    case 'durationMicros':
    case 'timeUnixNano':
      return undefined
  }
}
