/** What sampling does at the moment, for people. */
export interface SamplingStatus {
  readonly mode: 'file' | 'adaptive'
  /** Services with a strategy of their own. */
  readonly services: number
  /** Operations with a share of their own. */
  readonly operations: number
  /** What is read, without a password; undefined: nothing is. */
  readonly location: string | undefined
  /** When what is in use was read, calculated or taken over, ms since the epoch; undefined: not yet. */
  readonly changedUnixMs: number | undefined
  /** When that went well last, also without a change. */
  readonly succeededUnixMs: number | undefined
  readonly failure: SamplingFailure | undefined
  /** Undefined where shares do not adapt. */
  readonly adaptive: AdaptiveStatus | undefined
}

/** What failed last. */
export interface SamplingFailure {
  readonly message: string
  readonly unixMs: number
  /** True where it goes well again. */
  readonly isOver: boolean
}

/** How shares adapt. */
export interface AdaptiveStatus {
  readonly targetPerSecond: number
  readonly intervalMs: number
  /** Who calculates, host and process id; undefined where this process has not heard of anybody lately. */
  readonly leader: string | undefined
  readonly isLeader: boolean
  /** Until what is known of the leader is too old, ms; 0 where nothing is. */
  readonly leaseMs: number
  /** Processes whose counts the leader takes; undefined where this process does not lead. */
  readonly receivers: number | undefined
  /** Since this process has calculated shares, or taken over new ones, ms; undefined: not yet. */
  readonly sinceChangeMs: number | undefined
}

/** One operation of a service, and how much of it is kept. */
export interface SampledOperation {
  readonly service: string
  /** Empty: all operations of the service that have no share of their own. */
  readonly operation: string
  readonly probability: number
  /** Traces a second, kept or not, as far as is known; undefined where nothing is counted. */
  readonly observedPerSecond: number | undefined
  readonly keptPerSecond: number | undefined
}

/** What a person may look at. */
export interface SamplingView {
  status(): SamplingStatus
  /** So many operations of all, or of one service, those with most traces a second first. */
  busiest(service: string | undefined, count: number): Promise<readonly SampledOperation[]>
}
