import type { Resource } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { resourceKey } from '../../../bridge/model/span-batch.ts'
import { resourceOf } from '../../../bridge/otlp/batch-objects.ts'

/**
 * Whose clock the times of a resource are by: that of its host, where it names one, else its own.
 *
 * Source: jaeger v2.20.0, adjuster/clockskew.go; there each span of a resource without host has its own.
 */
export class Clocks {
  readonly #numbers = new Map<string, number>()

  /** The same number for the same clock. */
  of(part: SpanBatch, group: number): number {
    const own = resourceKey(part, group)
    const known = this.#numbers.get(own)
    if (known !== undefined) return known
    const host = hostOf(resourceOf(part, group))
    const shared = host === undefined ? own : `host ${host}`
    const number = this.#numbers.get(shared) ?? this.#numbers.size + 1
    this.#numbers.set(shared, number)
    this.#numbers.set(own, number)
    return number
  }
}

function hostOf(resource: Resource | undefined): string | undefined {
  for (const wanted of ['host.id', 'host.ip', 'host.name']) {
    const value = resource?.attributes.find(({ key }) => key === wanted)?.value
    const first = value?.kind === 'array' ? value.value[0] : value
    if (first?.kind === 'string' && first.value !== '') return first.value
  }
  return undefined
}
