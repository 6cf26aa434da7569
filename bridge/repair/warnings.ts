import type { AnyValue, KeyValue } from '../model/span.ts'

/**
 * Attribute of a span that tells what was wrong with it: a list of strings.
 *
 * Source: Jaeger 2.20.0, jptrace/warning.go.
 */
export const warningsKey = '@jaeger@warnings'

/** The attributes with one more warning, in the list that is there or in a new one. */
export function addWarning(attributes: readonly KeyValue[], text: string): readonly KeyValue[] {
  const warning: AnyValue = { kind: 'string', value: text }
  const at = attributes.findIndex(({ key, value }) => {
    return key === warningsKey && value?.kind === 'array'
  })
  const list = attributes[at]
  if (list?.value?.kind !== 'array') {
    return [...attributes, { key: warningsKey, value: { kind: 'array', value: [warning] } }]
  }
  const value: AnyValue = { ...list.value, value: [...list.value.value, warning] }
  return attributes.with(at, { ...list, value })
}
