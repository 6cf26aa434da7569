import { parse, YAMLParseError } from 'yaml'
import { schemaOf } from './setting.ts'
import type { Config } from './settings.ts'
import { environmentName, settings } from './settings.ts'

/** Where settings come from; a flag wins over the environment, which wins over the file. */
export interface ConfigSources {
  /** By setting name, as given on the command line. */
  readonly flags: ReadonlyMap<string, string>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Content of the YAML file and its name for messages; undefined when there is none. */
  readonly file: { readonly name: string; readonly text: string } | undefined
}

/** The settings, or what is wrong with them: one line each, naming the place and the limit. */
export type LoadedConfig =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'problems'; readonly problems: readonly string[] }

/** The environment variable that names the YAML file; `--config` wins over it. */
export const configFileVariable = 'SPANGATE_CONFIG'

interface Given {
  readonly value: unknown
  /** For messages: `--bind`, `SPANGATE_BIND`, `bind in spangate.yaml`. */
  readonly place: string
}

/**
 * What Kubernetes sets in every container for a Service whose name begins with `spangate`, such as
 * SPANGATE_SERVICE_HOST, SPANGATE_PORT_4317_TCP_ADDR and SPANGATE_PORT=tcp://10.0.0.1:4317. The last one may
 * have the name of a setting.
 *
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function isOfKubernetes(variable: string, value: string): boolean {
  if (/_SERVICE_(HOST|PORT(_\w+)?)$/.test(variable)) return true
  if (/_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(variable)) return true
  return variable.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value)
}

/**
 * Merges the sources, checks every value and fills the defaults. An unknown key anywhere is a
 * problem. `port-offset` is added to each port that no source sets, except to 0.
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const problems: string[] = []
  const given = new Map<string, Given>()
  for (const source of [
    fromFile(sources, problems),
    fromEnvironment(sources, problems),
    fromFlags(sources),
  ]) {
    for (const [name, value] of source) given.set(name, value)
  }
  const values = new Map<string, string | number>()
  for (const [name, setting] of Object.entries(settings)) {
    const one = given.get(name)
    if (one === undefined) {
      values.set(name, setting.default)
      continue
    }
    const result = schemaOf(setting).safeParse(one.value)
    if (result.success) values.set(name, result.data)
    else
      problems.push(
        `Cannot use ${one.place}: ${messageOf(result.error.issues)}, is ${JSON.stringify(one.value)}`,
      )
  }
  if (problems.length > 0) return { kind: 'problems', problems }
  offsetPorts(values, given, problems)
  if (problems.length > 0) return { kind: 'problems', problems }
  // Every row of the table has a value of its own type here: the loop above put it in.
  return { kind: 'config', config: Object.fromEntries(values) as unknown as Config }
}

function offsetPorts(
  values: Map<string, string | number>,
  given: ReadonlyMap<string, Given>,
  problems: string[],
): void {
  const offset = Number(values.get('port-offset'))
  for (const [name, setting] of Object.entries(settings)) {
    if (setting.type !== 'port' || given.has(name)) continue
    const port = setting.default + offset
    if (port > 65_535)
      problems.push(`Cannot use port-offset: ${name} would be ${port}, must be at most 65535`)
    values.set(name, port)
  }
  const owners = new Map<number, string>()
  for (const [name, setting] of Object.entries(settings)) {
    const port = Number(values.get(name))
    if (setting.type !== 'port' || port === 0) continue
    const other = owners.get(port)
    if (other === undefined) owners.set(port, name)
    else problems.push(`Cannot use port ${port}: ${other} and ${name} are both set to it`)
  }
}

function fromFlags({ flags }: ConfigSources): Map<string, Given> {
  return new Map([...flags].map(([name, value]) => [name, { value, place: `--${name}` }]))
}

function fromEnvironment({ environment }: ConfigSources, problems: string[]): Map<string, Given> {
  const names = new Map(Object.keys(settings).map((name) => [environmentName(name), name]))
  const given = new Map<string, Given>()
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('SPANGATE_') || variable === configFileVariable) continue
    if (value === undefined || isOfKubernetes(variable, value)) continue
    const name = names.get(variable)
    if (name === undefined)
      problems.push(unknownKey(`environment variable ${variable}`, variable, [...names.keys()]))
    else if (value !== '') given.set(name, { value, place: variable })
  }
  return given
}

function fromFile({ file }: ConfigSources, problems: string[]): Map<string, Given> {
  const given = new Map<string, Given>()
  if (file === undefined) return given
  for (const [name, value] of Object.entries(yamlMap(file, problems))) {
    if (name in settings) given.set(name, { value, place: `"${name}" in ${file.name}` })
    else problems.push(unknownKey(`"${name}" in ${file.name}`, name, Object.keys(settings)))
  }
  return given
}

function yamlMap(file: { name: string; text: string }, problems: string[]): object {
  try {
    const content: unknown = parse(file.text) ?? {}
    if (typeof content === 'object' && !Array.isArray(content)) return content as object
    problems.push(
      `Cannot read ${file.name}: it must be a map of settings, one "name: value" a line`,
    )
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    problems.push(`Cannot read ${file.name}: ${error.message.split('\n')[0]}`)
  }
  return {}
}

function messageOf(issues: readonly { readonly message: string }[]): string {
  return issues.map((issue) => issue.message).join(', ')
}

function unknownKey(place: string, key: string, known: readonly string[]): string {
  const near = known.find((name) => distance(name.toLowerCase(), key.toLowerCase()) <= 2)
  return `Unknown setting: ${place}${near === undefined ? '' : `, did you mean ${near}`}`
}

/** Levenshtein distance: how many letters to change, add or leave out. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
