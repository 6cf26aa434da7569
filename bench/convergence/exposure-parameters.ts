/** What adaptive sampling aims at, and how fast. */
export interface ExposureParameters {
  /** Traces a second that are to be kept of each operation, of all its processes together. */
  readonly targetPerSecond: number
  /** How often probabilities are calculated, s. */
  readonly intervalSeconds: number
  /** How long it takes until every client has asked for new probabilities, s. */
  readonly pollSeconds: number
  /** A rate that differs from the target by a smaller part than this is left alone. */
  readonly deltaTolerance: number
  /** Of operations that nothing is known of. */
  readonly initialProbability: number
  readonly minProbability: number
  /** Of operations that are not known yet, at most; it grows while none of them is seen. */
  readonly unknownProbabilityMax: number
  /** Traces a second that each process keeps of an operation whatever its probability says. */
  readonly lowerBoundPerSecond: number
  /** Operations of one service that have a probability of their own; the others share one. */
  readonly operationsPerServiceMax: number
  /** Operations of all services together. */
  readonly operationsMax: number
}

/**
 * Those of Jaeger but for the interval and the tolerance: clients ask every 60 s, so whatever the
 * leader takes on top of that comes on top of each burst.
 *
 * Source of the others: jaeger v2.20.0, internal/sampling/samplingstrategy/adaptive/options.go.
 */
export const exposureDefaults: ExposureParameters = {
  targetPerSecond: 1,
  intervalSeconds: 15,
  pollSeconds: 60,
  deltaTolerance: 0.1,
  initialProbability: 0.001,
  minProbability: 1e-5,
  unknownProbabilityMax: 0.1,
  lowerBoundPerSecond: 1 / 60,
  operationsPerServiceMax: 2000,
  operationsMax: 1_000_000,
}
