import type { ServiceRule } from '../../bridge/jaeger-sampling/strategy.ts'
import { tracesPerSecondMax } from '../../bridge/jaeger-sampling/strategy.ts'
import type { NewOperation, OperationEntry } from './operation-entries.ts'
import { OperationEntries } from './operation-entries.ts'
import type { ProblemList } from './problem-list.ts'
import { quoted } from './problem-list.ts'
import { ServiceItems } from './service-items.ts'
import type { Path } from './strategies-text.ts'

/** A document of strategies, its values checked, before anything is merged. */
export interface StrategiesDocument {
  readonly default: ServiceEntry | undefined
  /** In the document's order, the last of each name alone. */
  readonly services: readonly ServiceEntry[]
}

/** `default_strategy`, or one of `service_strategies`. */
export interface ServiceEntry {
  /** Its place in `service_strategies`; undefined for `default_strategy`. */
  readonly index: number | undefined
  /** Empty for `default_strategy`. */
  readonly service: string
  readonly rule: ServiceRule
  /** Undefined where the document has none, or an empty list. Made anew each time. */
  readonly operations: readonly OperationEntry[] | undefined
  readonly operationCount: number
}

/** The path of an operation's entry. */
export function pathOfOperation({ serviceIndex, index }: OperationEntry): Path {
  return [...pathOfService(serviceIndex), 'operation_strategies', index]
}

/** The path of a service's entry; of `default_strategy` without an index. */
export function pathOfService(index: number | undefined): Path {
  return index === undefined ? ['default_strategy'] : ['service_strategies', index]
}

const documentMembers = ['default_strategy', 'service_strategies']
const serviceMembers = ['service', 'type', 'param', 'operation_strategies']
const operationMembers = ['operation', 'type', 'param']

/**
 * Reads what a document of strategies says, in the form of Jaeger's file, in steps between which others may do
 * something. What Jaeger takes with a warning is a warning here, and what it cannot mean is an error: shares outside
 * 0 to 1, rates below 0, names that are missing.
 *
 * Source: jaeger v2.20.0, internal/sampling/samplingstrategy/file/strategy.go and provider.go.
 *
 * @param value as `JSON.parse` gives it; `null` and `undefined` say nothing. Its services may be a `ServiceItems`
 * @param defaultProbability where a type is missing or unknown
 */
export function* readingDocument(
  value: unknown,
  defaultProbability: number,
  problems: ProblemList,
): Generator<void, StrategiesDocument> {
  const reader = new DocumentReader(defaultProbability, problems)
  const members = reader.members([], value, documentMembers) ?? {}
  const { default_strategy: fallback, service_strategies: listed } = members
  const entry = isAbsent(fallback) ? undefined : reader.service(undefined, fallback)
  const services = new Map<string, ServiceEntry>()
  const items =
    listed instanceof ServiceItems ? listed : reader.list(['service_strategies'], listed)
  let next = 0
  for (const item of items) {
    const index = next++
    const service = reader.service(index, item)
    yield
    if (service === undefined) continue
    const earlier = services.get(service.service)
    if (earlier !== undefined) {
      const where = `service_strategies[${String(earlier.index)}]`
      const state = `is ${quoted(service.service)} as in ${where}, which does not count`
      problems.add('warning', [...pathOfService(index), 'service'], state)
      services.delete(service.service)
    }
    services.set(service.service, service)
  }
  return { default: entry, services: [...services.values()] }
}

/** An entry whose operations are made when they are asked for. */
class StoredEntry implements ServiceEntry {
  readonly index: number | undefined
  readonly service: string
  readonly rule: ServiceRule
  readonly #entries: OperationEntries | undefined

  constructor(
    { index, service, rule }: Pick<ServiceEntry, 'index' | 'service' | 'rule'>,
    entries: OperationEntries | undefined,
  ) {
    this.index = index
    this.service = service
    this.rule = rule
    this.#entries = entries
  }

  get operations(): readonly OperationEntry[] | undefined {
    return this.#entries?.list(this.index)
  }

  get operationCount(): number {
    return this.#entries?.count ?? 0
  }
}

type Members = Readonly<Record<string, unknown>>

class DocumentReader {
  readonly #defaultProbability: number
  readonly #problems: ProblemList

  constructor(defaultProbability: number, problems: ProblemList) {
    this.#defaultProbability = defaultProbability
    this.#problems = problems
  }

  service(index: number | undefined, value: unknown): ServiceEntry | undefined {
    const path = pathOfService(index)
    const members = this.members(path, value, serviceMembers)
    if (members === undefined) return undefined
    const service = index === undefined ? '' : this.#name(path, members, 'service')
    const rule = this.#rule(path, members)
    const operations = this.#operations(path, members['operation_strategies'])
    if (service === undefined || rule === undefined) return undefined
    const entries = operations && new OperationEntries(operations)
    return new StoredEntry({ index, service, rule }, entries)
  }

  members(path: Path, value: unknown, known: readonly string[]): Members | undefined {
    if (path.length === 0 && isAbsent(value)) return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#problems.add('error', path, `is ${kindOf(value)}, must be an object`)
      return undefined
    }
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue
      const state = `is not known, must be one of ${known.join(', ')}; it is passed over`
      this.#problems.add('warning', [...path, name], state)
    }
    return value as Members
  }

  list(path: Path, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value
    if (!isAbsent(value)) this.#problems.add('error', path, `is ${kindOf(value)}, must be a list`)
    return []
  }

  #operations(parent: Path, value: unknown): readonly NewOperation[] | undefined {
    const path = [...parent, 'operation_strategies']
    const items = this.list(path, value)
    if (items.length === 0) return undefined
    const operations = new Map<string, NewOperation>()
    for (const [index, item] of items.entries()) {
      const own = [...path, index]
      const members = this.members(own, item, operationMembers)
      if (members === undefined) continue
      const operation = this.#name(own, members, 'operation')
      const rule = this.#rule(own, members)
      if (operation === undefined || rule === undefined) continue
      if (rule.kind === 'ratelimiting') {
        const state = 'is ratelimiting, of operations only probabilistic counts; it is left out'
        this.#problems.add('warning', [...own, 'type'], state)
        continue
      }
      if (operations.has(operation)) {
        const state = `is ${quoted(operation)} as one before it, which does not count`
        this.#problems.add('warning', [...own, 'operation'], state)
      }
      operations.set(operation, { operation, probability: rule.probability, index })
    }
    return [...operations.values()]
  }

  #name(path: Path, members: Members, member: string): string | undefined {
    const name = members[member]
    if (typeof name === 'string') return name
    this.#problems.add('error', [...path, member], `is ${kindOf(name)}, must be text`)
    return undefined
  }

  #rule(path: Path, members: Members): ServiceRule | undefined {
    const { type } = members
    const value = this.#param([...path, 'param'], members['param'], type)
    if (value === undefined) return undefined
    if (type === 'ratelimiting') return this.#rateLimit([...path, 'param'], value)
    if (type !== 'probabilistic') {
      const shown = typeof type === 'string' ? quoted(type) : kindOf(type)
      const state = `is ${shown}, must be probabilistic or ratelimiting; the share is ${this.#defaultProbability}`
      this.#problems.add('warning', [...path, 'type'], state)
      return { kind: 'probabilistic', probability: this.#defaultProbability }
    }
    if (value >= 0 && value <= 1) return { kind: 'probabilistic', probability: value }
    this.#problems.add('error', [...path, 'param'], `is ${value}, must be 0 to 1`)
    return undefined
  }

  #param(path: Path, value: unknown, type: unknown): number | undefined {
    if (typeof value === 'number') return value
    if (!isAbsent(value)) {
      this.#problems.add('error', path, `is ${kindOf(value)}, must be a number`)
      return undefined
    }
    if (type === 'probabilistic' || type === 'ratelimiting') {
      this.#problems.add('warning', path, 'is missing and taken as 0')
    }
    return 0
  }

  #rateLimit(path: Path, value: number): ServiceRule | undefined {
    if (!(value >= 0 && value <= tracesPerSecondMax)) {
      this.#problems.add('error', path, `is ${value}, must be 0 to ${tracesPerSecondMax}`)
      return undefined
    }
    const tracesPerSecond = Math.trunc(value)
    if (tracesPerSecond !== value) {
      const state = `is ${value}, must be a whole number; it is taken as ${tracesPerSecond}`
      this.#problems.add('warning', path, state)
    }
    return { kind: 'ratelimiting', tracesPerSecond }
  }
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
