import { queryLimitDefaults } from '../../search/query-limits.ts'
import { badField, quoted } from '../bad-field.ts'
import type { WireCall, WireExpression } from '../read-filter.ts'

/**
 * A filter as JSON, in the form that proto3's JSON mapping has for jaeger.expression.v1.Call:
 *
 *     {"op": "eq", "args": [{"attr": {"key": "http.status_code"}}, {"scalar": {"value": "500"}}]}
 *
 * @param name of the parameter, for errors
 * @throws GatewayError 'invalid_argument' with the path of the member at fault
 */
export function parseFilter(json: string, name: string): WireCall {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw badField(name, `is ${quoted(json)}, must be JSON such as {"op":"exists","args":[...]}`)
  }
  return callOf(value, 'filter', 1)
}

/** Calls, and the expressions around each. */
const depthMax = queryLimitDefaults.filterDepthMax + 1

function callOf(value: unknown, path: string, depth: number): WireCall {
  if (depth > depthMax) throw badField(path, 'nests too deep')
  const { op, args } = membersOf(value, path, ['op', 'args'])
  if (args !== undefined && !Array.isArray(args)) throw badField(`${path}.args`, 'is no array')
  const terms = (args ?? []).map((arg: unknown, at: number) => {
    return expressionOf(arg, `${path}.args[${at}]`, depth)
  })
  return { op: textOf(op, `${path}.op`), args: terms }
}

/** The members of a node, and those of what each of them is. */
const members = {
  attr: ['key', 'level'],
  field: ['name', 'level'],
  nested: ['level'],
  scalar: ['value', 'type'],
} as const

function expressionOf(value: unknown, path: string, depth: number): WireExpression {
  const node = membersOf(value, path, [...Object.keys(members), 'list', 'call'])
  const names = Object.keys(node)
  const [name = ''] = names
  if (names.length !== 1) throw badField(path, `has ${names.length} members, must have one`)
  const inner = `${path}.${name}`
  if (name === 'call') return { call: callOf(node['call'], inner, depth + 1) }
  if (name === 'list') return { list: listOf(node['list'], inner) }
  const known = members[name as keyof typeof members]
  const given = membersOf(node[name], inner, known)
  const texts = known.map((member) => [member, textOf(given[member], `${inner}.${member}`)])
  return { [name]: Object.fromEntries(texts) }
}

function listOf(value: unknown, path: string): { values: string[]; type: string } {
  const { values, type } = membersOf(value, path, ['values', 'type'])
  if (!Array.isArray(values)) throw badField(`${path}.values`, 'is no array')
  const texts = values.map((text: unknown, at) => textOf(text, `${path}.values[${at}]`))
  return { values: texts, type: textOf(type, `${path}.type`) }
}

function membersOf(
  value: unknown,
  path: string,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badField(path, 'is no JSON object')
  }
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown === undefined) return value as Record<string, unknown>
  throw badField(path, `has a member ${quoted(unknown)}, may have ${known.join(', ')}`)
}

function textOf(value: unknown, path: string): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  throw badField(path, 'is no string')
}
