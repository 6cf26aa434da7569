import type { HashSet } from './hash-set.ts'

/**
 * What is known of the spans that can match a filter without looking at their bytes: never too little,
 * so a span that the plan leaves out cannot match. `isExact` says that every span that it keeps does.
 */
export interface QueryPlan {
  readonly root: PlanNode
  readonly isExact: boolean
}

/** A node of a plan. */
export type PlanNode =
  /** Nothing is known. */
  | { readonly kind: 'every' }
  | { readonly kind: 'none' }
  /** One of these hashes of attribute keys or values. */
  | { readonly kind: 'terms'; readonly hashes: HashSet }
  /** One of these texts, and their hashes. */
  | {
      readonly kind: 'service' | 'name'
      readonly texts: ReadonlySet<string>
      readonly hashes: HashSet
    }
  | { readonly kind: 'spanKind' | 'status'; readonly codes: ReadonlySet<number> }
  /** Whole µs, both bounds inclusive. */
  | { readonly kind: 'duration'; readonly min: number; readonly max: number }
  /** One of these hashes of trace ids. */
  | { readonly kind: 'trace'; readonly hashes: HashSet }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly PlanNode[] }

/**
 * Whether a group of spans, of which only its hashes are known, may hold one that matches.
 *
 * @param has whether one of its spans may have the hash
 */
export function mayMatch(node: PlanNode, has: (hash: number) => boolean): boolean {
  switch (node.kind) {
    case 'none':
      return false
    case 'terms':
    case 'service':
    case 'name':
      return Array.from(node.hashes).some(has)
    case 'and':
      return node.parts.every((part) => mayMatch(part, has))
    case 'or':
      return node.parts.some((part) => mayMatch(part, has))
    default:
      return true
  }
}

/** The shortest duration that a matching span can have, whole µs. */
export function shortestDuration(node: PlanNode): number {
  switch (node.kind) {
    case 'duration':
      return node.min
    case 'and':
      return Math.max(0, ...node.parts.map(shortestDuration))
    case 'or':
      return Math.min(...node.parts.map(shortestDuration))
    default:
      return 0
  }
}
