import { GatewayError } from '../../errors/gateway-error.ts'

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
 * number or boolean also finds those. `error=true` is the status.
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
  if (key === 'error' && value === 'true') return 'status = error'
  const attribute = `.${quoted(key)}`
  const values = [quoted(value)]
  if (/^-?[0-9]{1,18}(\.[0-9]+)?$/.test(value) || value === 'true' || value === 'false') {
    values.push(value)
  }
  const either = values.map((one) => `${attribute} = ${one}`).join(' || ')
  return values.length > 1 ? `(${either})` : either
}

/** The escapes that both texts and names of attributes have. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}

/** Only what begins like one: the rest is checked where the text is read. */
function duration(text: string): string {
  if (/^[0-9.]+[a-zµ0-9.]*$/.test(text)) return text
  throw new GatewayError(
    'invalid_argument',
    `Cannot use a duration: must be such as 100ms or 1.5s, is "${text}"`,
  )
}
