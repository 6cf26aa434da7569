import type { Extracted, Field, Format, Injected } from './format.ts'
import { defaultPropagationLimits } from './limits.ts'
import type { Loss } from './loss.ts'
import { createLossList } from './loss.ts'
import type { BaggageEntry, Propagated, Sampling, SpanReference } from './propagated.ts'
import { isSampled, nothingPropagated } from './propagated.ts'

/** Which formats are read and which are written. */
export interface CompositeOptions {
  /** The most preferred first. */
  readonly read: readonly Format[]
  /** In this order; where two write one header, the first does. */
  readonly write: readonly Format[]
}

/**
 * Several formats as one.
 *
 * The span is that of the first format which names one. Others that name the same span add what the
 * first has no place for; one that names another is lost, with the reason `conflict`. A decision
 * without a span counts when no format names a span, again the first. Baggage is that of all; for a
 * key that several have, the first format's.
 *
 * All of `write` are written. A part is told as not carried only when none of them carries it.
 */
export function compositeFormat({ read, write }: CompositeOptions): Format {
  return {
    fields: [...new Set(write.flatMap((format) => format.fields))],
    extract(carrier, limits = defaultPropagationLimits): Extracted {
      const losses = createLossList()
      let propagated = nothingPropagated
      for (const format of read) {
        const other = format.extract(carrier, limits)
        // A carrier that is too large is one loss, however many formats read it.
        losses.addAll(other.losses.filter((loss) => !isTold(loss, losses.list())))
        const field = conflictOf(propagated, other.propagated, format)
        if (field !== undefined) losses.add(field, 'conflict')
        const entries = baggageConflicts(propagated.baggage, other.propagated.baggage)
        if (entries > 0) losses.add('baggage', 'conflict', entries)
        propagated = merge(propagated, other.propagated)
      }
      return { propagated, losses: losses.list() }
    },
    inject(propagated, limits = defaultPropagationLimits): Injected {
      const injected = write.map((format) => format.inject(propagated, limits))
      const fields = new Map<string, Field>()
      for (const field of injected.flatMap((each) => each.fields)) {
        const key = field[0].toLowerCase()
        if (!fields.has(key)) fields.set(key, field)
      }
      return { fields: [...fields.values()], losses: lossesOfAll(injected) }
    },
  }
}

function isTold({ field }: Loss, told: readonly Loss[]): boolean {
  return field === '*' && told.some((loss) => loss.field === '*')
}

function isSame(one: SpanReference, other: SpanReference): boolean {
  return one.traceId === other.traceId && one.spanId === other.spanId
}

/** What is lost of one of them: the header of the other's span, or a decision. */
function conflictOf(one: Propagated, other: Propagated, format: Format): string | undefined {
  if (one.span !== undefined && other.span !== undefined) {
    if (!isSame(one.span, other.span)) return format.fields[0]
    const isDeferred = one.sampling === 'deferred' || other.sampling === 'deferred'
    const isOther = isSampled(one.sampling) !== isSampled(other.sampling)
    return isOther && !isDeferred ? 'sampling' : undefined
  }
  const isSaid = [one, other].every((each) => each.span !== undefined || isDecision(each))
  return isSaid && one.sampling !== other.sampling ? 'sampling' : undefined
}

/** A decision without a span; that of a debug id is meant for when there is none. */
function isDecision({ span, sampling, debugId }: Propagated): boolean {
  return span === undefined && sampling !== 'deferred' && debugId === undefined
}

function merge(one: Propagated, other: Propagated): Propagated {
  const debugId = one.debugId ?? other.debugId
  return {
    ...mergeSpans(one, other),
    ...(debugId !== undefined && { debugId }),
    baggage: mergeBaggage(one.baggage, other.baggage),
  }
}

function mergeSpans(one: Propagated, other: Propagated): Pick<Propagated, 'span' | 'sampling'> {
  const { span } = one
  if (span === undefined && other.span !== undefined) {
    return { span: other.span, sampling: other.sampling }
  }
  if (span === undefined) {
    return { sampling: one.sampling === 'deferred' ? other.sampling : one.sampling }
  }
  if (other.span === undefined || !isSame(span, other.span)) return { span, sampling: one.sampling }
  return {
    span: { ...other.span, ...span },
    sampling: mergeDecisions(one.sampling, other.sampling),
  }
}

/** Of one span. W3C writes debug as accepted, so the other's debug is no contradiction. */
function mergeDecisions(one: Sampling, other: Sampling): Sampling {
  if (one === 'deferred' || (one === 'accepted' && other === 'debug')) return other
  return one
}

/** A key with one value in both gets the properties of either, as only W3C baggage has them. */
function mergeBaggage(
  one: readonly BaggageEntry[],
  other: readonly BaggageEntry[],
): readonly BaggageEntry[] {
  const others = new Map(other.map((entry) => [entry.key, entry]))
  const keys = new Set(one.map(({ key }) => key))
  const completed = one.map((entry) => {
    const same = others.get(entry.key)
    return same?.value === entry.value ? { ...same, ...entry } : entry
  })
  return [...completed, ...other.filter(({ key }) => !keys.has(key))]
}

/** How many entries are lost as another format has their key with another value. */
function baggageConflicts(one: readonly BaggageEntry[], other: readonly BaggageEntry[]): number {
  const values = new Map(one.map(({ key, value }) => [key, value]))
  return other.filter(({ key, value }) => values.has(key) && values.get(key) !== value).length
}

function lossesOfAll(injected: readonly Injected[]): readonly Loss[] {
  const losses = createLossList()
  for (const { losses: each } of injected) {
    losses.addAll(each.filter(({ reason }) => reason !== 'not_carried'))
  }
  const [first, ...others] = injected
  for (const loss of first?.losses ?? []) {
    const isLostBy = (each: Injected) =>
      each.losses.some(({ field, reason }) => field === loss.field && reason === 'not_carried')
    if (loss.reason === 'not_carried' && others.every(isLostBy)) losses.addAll([loss])
  }
  return losses.list()
}
