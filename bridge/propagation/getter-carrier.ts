import type { TextMapGetter } from '@opentelemetry/api'
import type { Carrier } from './carrier.ts'
import { carrierOf } from './carrier.ts'
import { headerGetter, isHeaderSource } from './header-accessors.ts'
import type { PropagationLimits } from './limits.ts'

/**
 * Reads through a getter of OpenTelemetry. The case of names does not count, also where the getter
 * minds it; bytes are taken as well as text, as getters of Kafka instrumentations give both. A
 * getter that lists no keys is asked for each name.
 */
export function getterCarrier<Source>(
  source: Source,
  getter: TextMapGetter<Source>,
  limits: PropagationLimits,
): Carrier {
  // Which reads the same one name at a time, each time from the first header on.
  if (isGetter(getter, headerGetter) && isHeaderSource(source)) return carrierOf(source, limits)
  const keys = getter.keys(source)
  const pairOf = (key: string): readonly [string, unknown] => [key, getter.get(source, key)]
  if (keys.length > 0) return carrierOf(lazily(new Set(keys), pairOf), limits)
  return {
    values: (name, losses) => carrierOf([pairOf(name)], limits).values(name, losses),
    namesWith: () => [],
  }
}

function isGetter(getter: unknown, other: unknown): boolean {
  return getter === other
}

/** One after the other, so that what is past the limit is not asked for. */
function* lazily<Result>(keys: Iterable<string>, pairOf: (key: string) => Result) {
  for (const key of keys) yield pairOf(key)
}
