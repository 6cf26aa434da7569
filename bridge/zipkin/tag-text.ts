import { jsonText } from '../model/json-text.ts'
import type { AnyValue, KeyValue } from '../model/span.ts'
import { base64Of } from '../wire/bytes-text.ts'

/**
 * An attribute's value as a Zipkin tag, which is always text: lists and maps as JSON, bytes as
 * base64, no value as the empty text.
 *
 * Source: opentelemetry-collector, pdata/pcommon/value.go (AsString), but NaN and infinities, for
 * which that gives an error message, are their names.
 */
export function tagText(value: AnyValue | undefined): string {
  switch (value?.kind) {
    case undefined:
    case 'empty':
      return ''
    case 'string':
      return value.value
    case 'bytes':
      return base64Of(value.value)
    case 'double':
      return Number.isFinite(value.value) ? jsonText(value) : String(value.value)
    default:
      return jsonText(value)
  }
}

/** All attributes of a list as a JSON object, by key; those of equal keys in their order, of which readers mostly take the last. */
export function attributesText(attributes: readonly KeyValue[]): string {
  const members = attributes.map(({ key, value }) => ({ bytes: Buffer.from(key), key, value }))
  members.sort((one, other) => Buffer.compare(one.bytes, other.bytes))
  const texts = members.map(({ key, value }) => {
    return `${jsonText({ kind: 'string', value: key })}:${jsonText(value)}`
  })
  return `{${texts.join(',')}}`
}
