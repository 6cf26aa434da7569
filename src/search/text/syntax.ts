import type { AttributeTerm, FieldTerm } from '../../ports/span-query.ts'

/** What a reference can hold, as far as the text alone tells. */
export type ReferenceType =
  | 'attribute'
  | 'text'
  | 'trace id'
  | 'span id'
  | 'status'
  | 'kind'
  | 'duration'
  | 'number'

/** An attribute or an intrinsic field. */
export interface Reference {
  readonly kind: 'reference'
  /** As people write it: `span.http.method`, `name`. */
  readonly name: string
  readonly type: ReferenceType
  /** A field whose name begins with `trace:` or is `span:childCount` is of the whole trace (trace-fields.ts). */
  readonly term: AttributeTerm | FieldTerm
  /** One span may have several values of it: every attribute, and the fields of events and links. */
  readonly isMany: boolean
  readonly at: number
}

/** A value that is written in the text. */
export type Constant = { readonly kind: 'constant'; readonly at: number } & (
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  /** Nanoseconds. */
  | { readonly type: 'duration'; readonly value: bigint }
  | { readonly type: 'string' | 'status' | 'kind'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'nil' }
)

/** Operators between two expressions in braces. */
export type FieldOperator =
  | '&&'
  | '||'
  | '='
  | '!='
  | '=~'
  | '!~'
  | '>'
  | '>='
  | '<'
  | '<='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'

/** What stands in the braces of a spanset. */
export type FieldExpression =
  | Constant
  | Reference
  | {
      readonly kind: 'unary'
      readonly op: '!' | '-'
      readonly inner: FieldExpression
      readonly at: number
    }
  | {
      readonly kind: 'binary'
      readonly op: FieldOperator
      readonly left: FieldExpression
      readonly right: FieldExpression
      /** Of the operator. */
      readonly at: number
    }

/** How two spans of a trace are related: the right one is the child, ... of the left one. */
export type Relation = '>' | '>>' | '<' | '<<' | '~'

/** A set of spans of one trace. */
export type SpansetExpression =
  | { readonly kind: 'spans'; readonly filter: FieldExpression | undefined; readonly at: number }
  | {
      readonly kind: 'both' | 'either'
      readonly left: SpansetExpression
      readonly right: SpansetExpression
    }
  | {
      readonly kind: 'related'
      readonly relation: Relation
      /** `none`: spans of the right side that are related to none of the left; `both`: those of both sides. */
      readonly keeps: 'right' | 'none' | 'both'
      readonly left: SpansetExpression
      readonly right: SpansetExpression
    }
  | { readonly kind: 'pipeline'; readonly stages: readonly Stage[] }

/** Comparisons of a count. */
export type CountOperator = '=' | '!=' | '>' | '>=' | '<' | '<='

/** What a pipeline does with the spans that come out of the stage before it. */
export type Stage =
  | SpansetExpression
  | { readonly kind: 'count'; readonly op: CountOperator; readonly value: number | bigint }
  | { readonly kind: 'select'; readonly references: readonly Reference[] }
