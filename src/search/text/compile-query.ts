import { GatewayError } from '../../errors/gateway-error.ts'
import type { Call } from '../../ports/span-query.ts'
import { checkFilter } from '../check-filter.ts'
import type { QueryLimits } from '../query-limits.ts'
import { queryLimitDefaults } from '../query-limits.ts'
import { compileField } from './compile-field.ts'
import { parseQuery } from './parse-query.ts'
import type { CountOperator, Reference, Relation, SpansetExpression, Stage } from './syntax.ts'
import { textError } from './text-error.ts'
import type { TextLimits } from './text-limits.ts'
import { textLimitDefaults } from './text-limits.ts'
import { withFacts } from './trace-fields.ts'

/** A spanset as filters and what combines them. */
export type Spanset =
  /** Undefined: all spans. Fields of the whole trace are still in it (trace-fields.ts). */
  | { readonly kind: 'spans'; readonly filter: Call | undefined }
  | { readonly kind: 'both' | 'either'; readonly left: Spanset; readonly right: Spanset }
  | {
      readonly kind: 'related'
      readonly relation: Relation
      readonly keeps: 'right' | 'none' | 'both'
      readonly left: Spanset
      readonly right: Spanset
    }
  | { readonly kind: 'pipeline'; readonly stages: readonly SpansetStage[] }

/** A stage that changes the set. */
export type SpansetStage = Spanset | CountStage

/** Keeps a set whose size compares so, and empties every other. */
export interface CountStage {
  readonly kind: 'count'
  readonly op: CountOperator
  readonly value: number | bigint
}

/** A query text that can be asked. */
export interface CompiledText {
  readonly spanset: Spanset
  /** What `select()` asks for, each name once. */
  readonly selected: readonly Reference[]
}

/** How large a query text and the filters in it may be. */
export interface CompileLimits {
  readonly text?: TextLimits
  readonly query?: QueryLimits
}

/**
 * Reads and checks a query text.
 *
 * @throws GatewayError 'invalid_argument' with line, column and what was expected
 */
export function compileText(text: string, limits: CompileLimits = {}): CompiledText {
  const compiler: Compiler = {
    text,
    limits: limits.query ?? queryLimitDefaults,
    selected: new Map(),
  }
  const spanset = compile(compiler, parseQuery(text, limits.text ?? textLimitDefaults))
  return { spanset, selected: [...compiler.selected.values()] }
}

interface Compiler {
  readonly text: string
  readonly limits: QueryLimits
  readonly selected: Map<string, Reference>
}

function compile(compiler: Compiler, expression: SpansetExpression): Spanset {
  switch (expression.kind) {
    case 'spans': {
      const { filter, at } = expression
      if (filter === undefined) return { kind: 'spans', filter }
      const call = compileField(compiler.text, filter)
      checkCompiled(compiler, call, at)
      return { kind: 'spans', filter: call }
    }
    case 'pipeline':
      return { kind: 'pipeline', stages: compileStages(compiler, expression.stages) }
    default: {
      const left = compile(compiler, expression.left)
      return { ...expression, left, right: compile(compiler, expression.right) }
    }
  }
}

function compileStages(compiler: Compiler, stages: readonly Stage[]): readonly SpansetStage[] {
  const compiled: SpansetStage[] = []
  for (const stage of stages) {
    if (stage.kind === 'select') {
      for (const reference of stage.references) compiler.selected.set(reference.name, reference)
    } else compiled.push(stage.kind === 'count' ? stage : compile(compiler, stage))
  }
  return compiled
}

/** The limits of every filter; paths into its tree would say nothing to who wrote a text. */
function checkCompiled({ text, limits }: Compiler, filter: Call, at: number): void {
  try {
    checkFilter(withFacts(filter, someFacts), limits)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const [, state = error.message] =
      /^Cannot search traces: (.*) at [^ ]*$/s.exec(error.message) ?? []
    throw textError(text, at, `in these braces ${state}`)
  }
}

const someFacts = {
  'trace:rootName': 'name',
  'trace:rootService': 'service',
  'trace:duration': 0n,
  'span:childCount': 0,
} as const
