import type { Call } from '../../ports/span-query.ts'
import type { Spanset, SpansetStage } from './compile-query.ts'
import { joined } from './conditions.ts'
import { hasTraceField, withoutTraceFields } from './trace-fields.ts'

/**
 * A filter that every span of the result passes; undefined when all spans may be in it. A search with
 * it finds every trace of the answer, and none whose newest match is older than that of the result.
 */
export function resultFilter(spanset: Spanset): Call | undefined {
  switch (spanset.kind) {
    case 'spans':
      return spanset.filter && withoutTraceFields(spanset.filter)
    case 'both':
    case 'either':
      return eitherOf(resultFilter(spanset.left), resultFilter(spanset.right))
    case 'related': {
      const right = resultFilter(spanset.right)
      return spanset.keeps === 'both' ? eitherOf(resultFilter(spanset.left), right) : right
    }
    case 'pipeline':
      return spansetsOf(spanset.stages).map(resultFilter).reduce(bothOf, undefined)
  }
}

/**
 * Filters of which each is passed by some span of every trace of the answer, wherever in time that
 * span is: any of them finds the candidates, the rarest one the fewest.
 */
export function neededFilters(spanset: Spanset): readonly Call[] {
  switch (spanset.kind) {
    case 'spans':
    case 'either':
      return [resultFilter(spanset)].filter((filter) => filter !== undefined)
    case 'both':
      return [...neededFilters(spanset.left), ...neededFilters(spanset.right)]
    case 'related': {
      const right = neededFilters(spanset.right)
      return spanset.keeps === 'none' ? right : [...neededFilters(spanset.left), ...right]
    }
    case 'pipeline':
      return spansetsOf(spanset.stages).flatMap(neededFilters)
  }
}

/** True when every span that passes `resultFilter` is in the result. */
export function isExact(spanset: Spanset): boolean {
  return spanset.kind === 'spans' && !(spanset.filter && hasTraceField(spanset.filter))
}

function spansetsOf(stages: readonly SpansetStage[]): readonly Spanset[] {
  return stages.filter((stage): stage is Spanset => stage.kind !== 'count')
}

function eitherOf(left: Call | undefined, right: Call | undefined): Call | undefined {
  return left && right && joined('or', left, right)
}

function bothOf(left: Call | undefined, right: Call | undefined): Call | undefined {
  return left && right ? joined('and', left, right) : (left ?? right)
}
