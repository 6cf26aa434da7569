import type { ServiceRule } from '../../bridge/jaeger-sampling/strategy.ts'
import { pathOfOperation, pathOfService } from './read-document.ts'
import type { MergedStrategy, Strategies } from './strategies.ts'
import type { Path } from './strategies-text.ts'

/** What decides about one operation of a service, and why. */
export interface Explained {
  readonly rule: ServiceRule
  /** Where the deciding rule is; undefined where the document has none and the setting decides. */
  readonly path: Path | undefined
  /** Why this one, for a person. */
  readonly why: string
}

/**
 * Which rule decides for an operation in a client that knows operations: its own entry, else what the
 * service's operations share, else the service's rule.
 */
export function explainStrategy(
  { byService, byDefault }: Strategies,
  service: string,
  operation: string,
): Explained {
  const own = byService.get(service)
  const strategy = own ?? byDefault
  const listed = strategy.operations?.listed.find((entry) => entry.operation === operation)
  if (listed !== undefined) {
    const isOwn = listed.serviceIndex !== undefined
    return {
      rule: { kind: 'probabilistic', probability: listed.probability },
      path: pathOfOperation(listed),
      why: isOwn ? 'the service names the operation' : 'the default names the operation',
    }
  }
  const place = placeOf(strategy)
  if (strategy.operations === undefined) {
    const why = own === undefined ? 'the service is not named' : 'no operations are named'
    return { rule: strategy.service, path: place, why }
  }
  return unlisted(strategy, strategy.operations.defaultProbability, byDefault)
}

/** The share of operations that are not listed comes from one of three places. */
function unlisted(
  strategy: MergedStrategy,
  probability: number,
  byDefault: MergedStrategy,
): Explained {
  const rule: ServiceRule = { kind: 'probabilistic', probability }
  const why = 'the operation is not named'
  if (strategy.service.kind === 'probabilistic') return { rule, path: placeOf(strategy), why }
  const isShared = strategy.entry?.operations === undefined
  const from =
    isShared && byDefault.service.kind === 'probabilistic' ? placeOf(byDefault) : undefined
  return { rule, path: from, why: `${why}, and a rate limit holds for no operation` }
}

function placeOf({ entry }: MergedStrategy): Path | undefined {
  return entry === undefined ? undefined : pathOfService(entry.index)
}
