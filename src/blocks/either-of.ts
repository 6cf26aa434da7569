import { HashSet } from './hash-set.ts'
import type { PlanNode } from './query-plan.ts'

/**
 * What keeps the spans that one of the parts keeps. Parts that look into the same place become one, so
 * that a list of a thousand values is one pass over a block.
 */
export function eitherOf(parts: readonly PlanNode[]): PlanNode {
  const all = parts.flatMap((part) => (part.kind === 'or' ? part.parts : [part]))
  const every = all.find(({ kind }) => kind === 'every')
  if (every !== undefined) return every
  const merged = [
    ...eitherHash(all, 'terms'),
    ...eitherHash(all, 'trace'),
    ...eitherText(all, 'service'),
    ...eitherText(all, 'name'),
    ...eitherCode(all, 'spanKind'),
    ...eitherCode(all, 'status'),
    ...all.filter(({ kind }) => kind === 'duration' || kind === 'and'),
  ]
  const [first = { kind: 'none' }] = merged
  return merged.length < 2 ? first : { kind: 'or', parts: merged }
}

type NodeOf<Kind extends PlanNode['kind']> = Extract<PlanNode, { readonly kind: Kind }>

function nodesOf<Kind extends PlanNode['kind']>(
  nodes: readonly PlanNode[],
  kind: Kind,
): readonly NodeOf<Kind>[] {
  return nodes.filter((node): node is NodeOf<Kind> => node.kind === kind)
}

/** One node of all those of a kind; none where there are none. */
function eitherHash(nodes: readonly PlanNode[], kind: 'terms' | 'trace'): PlanNode[] {
  const some = nodesOf(nodes, kind)
  if (some.length < 2) return [...some]
  return [{ kind, hashes: new HashSet(some.flatMap(({ hashes }) => [...hashes])) }]
}

function eitherText(nodes: readonly PlanNode[], kind: 'service' | 'name'): PlanNode[] {
  const some = nodesOf(nodes, kind)
  if (some.length < 2) return [...some]
  const texts = new Set(some.flatMap((node) => [...node.texts]))
  return [{ kind, texts, hashes: new HashSet(some.flatMap(({ hashes }) => [...hashes])) }]
}

function eitherCode(nodes: readonly PlanNode[], kind: 'spanKind' | 'status'): PlanNode[] {
  const some = nodesOf(nodes, kind)
  if (some.length < 2) return [...some]
  return [{ kind, codes: new Set(some.flatMap(({ codes }) => [...codes])) }]
}
