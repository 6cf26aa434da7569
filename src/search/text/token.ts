/** The marks of the language, longest first, as the lexer must try them. */
export const marks = [
  ...['!>>', '!<<', '&>>', '&<<'],
  ...['&&', '||', '>>', '<<', '>=', '<=', '!=', '=~', '!~', '!>', '!<', '&>', '&<', '&~'],
  ...['{', '}', '(', ')', ',', '=', '>', '<', '!', '~', '|', '+', '-', '*', '/', '%', '^'],
] as const
/** One of `marks`. */
export type Mark = (typeof marks)[number]

/** Where attributes are named: `span.KEY`; '' is `.KEY`, which looks everywhere. */
export const attributeScopes = [
  'span',
  'resource',
  'event',
  'link',
  'instrumentation',
  'parent',
] as const
/** One of `attributeScopes`, or '' for `.KEY`. */
export type AttributeScope = '' | (typeof attributeScopes)[number]

/** What intrinsic fields are named by: `span:name`. */
export const intrinsicScopes = ['trace', 'span', 'event', 'link', 'instrumentation'] as const

/** A piece of a query text; `at` and `end` are UTF-16 code units. */
export type Token = { readonly at: number; readonly end: number } & (
  | { readonly kind: 'mark'; readonly mark: Mark }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'attribute'; readonly scope: AttributeScope; readonly key: string }
  /** `span:name`, without the space that may stand behind the colon. */
  | { readonly kind: 'intrinsic'; readonly name: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'duration'; readonly nano: bigint }
  | { readonly kind: 'end' }
)
