import { GatewayError } from '../../errors/gateway-error.ts'
import { kindWords, statusWords } from '../../search/reference.ts'

/** Conditions of the command line; all of them hold on one span. */
export interface QueryFlags {
  readonly service?: string
  readonly operation?: string
  /** Each `KEY=VALUE`. */
  readonly tag?: readonly string[]
  readonly minDuration?: string
  readonly maxDuration?: string
}

/**
 * The query text of a command: the one that is given, or that of its flags, `{}` for none.
 *
 * A tag is looked for on the span, its resource, scope, events and links; a value that reads as a
 * number or boolean also finds those. Jaeger's own tags (`error`, `span.kind`, `otel.status_code`, ...) are the
 * fields that they stand for, as in the old APIs (src/search/legacy-query.ts).
 *
 * @throws GatewayError 'invalid_argument' for a text together with flags, or a tag without `=`
 */
export function queryOfFlags(text: string | undefined, flags: QueryFlags): string {
  const conditions = [
    ...(flags.service === undefined ? [] : [`resource.service.name = ${quoted(flags.service)}`]),
    ...(flags.operation === undefined ? [] : [`name = ${quoted(flags.operation)}`]),
    ...(flags.tag ?? []).map(tagCondition),
    ...(flags.minDuration === undefined ? [] : [`duration >= ${duration(flags.minDuration)}`]),
    ...(flags.maxDuration === undefined ? [] : [`duration <= ${duration(flags.maxDuration)}`]),
  ]
  if (text === undefined) return conditions.length === 0 ? '{}' : `{ ${conditions.join(' && ')} }`
  if (conditions.length === 0) return text
  throw new GatewayError(
    'invalid_argument',
    'Cannot find traces: there are conditions as flags and a query text, must be one of them',
  )
}

function tagCondition(tag: string): string {
  const at = tag.indexOf('=')
  if (at < 1) {
    throw new GatewayError('invalid_argument', `Cannot use --tag: must be KEY=VALUE, is "${tag}"`)
  }
  const [key, value] = [tag.slice(0, at), tag.slice(at + 1)]
  switch (key) {
    case 'error':
      return errorCondition(value)
    case 'span.kind':
      return wordIs('kind', kindWords, key, value)
    case 'span.status':
    case 'otel.status_code':
      return wordIs('status', statusWords, key, value)
    case 'otel.status_description':
      return `statusMessage = ${quoted(value)}`
    case 'scope.name':
    case 'otel.scope.name':
      return `instrumentation:name = ${quoted(value)}`
    case 'scope.version':
    case 'otel.scope.version':
      return `instrumentation:version = ${quoted(value)}`
    default:
      break
  }
  const whole = valuesOf('', key, value)
  const inner = key.startsWith('resource.') ? key.slice('resource.'.length) : ''
  return oneOf(inner === '' ? whole : [...valuesOf('resource', inner, value), ...whole])
}

/** Any other text than the two booleans is an attribute like every other. */
function errorCondition(value: string): string {
  const isTrue = oneOf(['status = error', ...valuesOf('', 'error', 'true')])
  if (value === 'true') return isTrue
  return value === 'false' ? `!${isTrue}` : oneOf(valuesOf('', 'error', value))
}

/** A word that is none of the field's is looked for as an attribute. */
function wordIs(field: string, words: readonly string[], key: string, value: string): string {
  const word = value.toLowerCase()
  return words.includes(word) ? `${field} = ${word}` : oneOf(valuesOf('', key, value))
}

/** The attribute as a text, and as what else the value may be. */
function valuesOf(scope: string, key: string, value: string): readonly string[] {
  const values = [quoted(value)]
  if (/^-?[0-9]{1,18}(\.[0-9]+)?$/.test(value) || value === 'true' || value === 'false') {
    values.push(value)
  }
  return values.map((one) => `${scope}.${quoted(key)} = ${one}`)
}

function oneOf(conditions: readonly string[]): string {
  return conditions.length > 1 ? `(${conditions.join(' || ')})` : conditions.join('')
}

/** The escapes that both texts and names of attributes have. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}

/** Only what looks like one, unit and all: the rest is checked where the text is read. */
function duration(text: string): string {
  if (/^(?:0|[0-9.]+[a-zµ][a-zµ0-9.]*)$/.test(text)) return text
  throw new GatewayError(
    'invalid_argument',
    `Cannot use a duration: must be such as 100ms or 1.5s, is "${text}"`,
  )
}
