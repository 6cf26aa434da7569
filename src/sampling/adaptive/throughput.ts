/** Bounds of what is counted. */
export interface ThroughputLimits {
  readonly servicesMax: number
  /** Of each service; what comes beyond is not adapted. */
  readonly operationsMax: number
}

/** What was seen of an operation in one bucket. */
export interface OperationCount {
  /** Root spans that a share kept. */
  kept: number
  /** Of how many they are all, each by the share that kept it: the sum of 1 / share. */
  estimated: number
}

/** Counts of one interval, by service and operation. */
export type Bucket = ReadonlyMap<string, ReadonlyMap<string, OperationCount>>

/** Why a root span was kept, as far as it tells. */
export type KeptBy =
  | { readonly kind: 'share'; readonly probability: number }
  /** A lower bound, a rate, a person. */
  | { readonly kind: 'other' }

/** Counts root spans of the interval that runs. */
export class Throughput {
  readonly #limits: ThroughputLimits
  readonly #onDropped: () => void
  #bucket = new Map<string, Map<string, OperationCount>>()

  /** @param onDropped told of a root span that is not counted because of the limits */
  constructor(limits: ThroughputLimits, onDropped: () => void) {
    this.#limits = limits
    this.#onDropped = onDropped
  }

  /** Counts a root span that was kept. Of those that no share kept it is only known that they are. */
  observe(service: string, operation: string, keptBy: KeptBy): void {
    const operations = this.#bucket.get(service) ?? this.#newService(service)
    const known = operations?.get(operation) ?? this.#newOperation(operations, operation)
    if (known === undefined) {
      this.#onDropped()
      return
    }
    if (keptBy.kind === 'other' || keptBy.probability <= 0) return
    known.kept += 1
    known.estimated += 1 / keptBy.probability
  }

  /** What was counted since the last call; counting begins anew. */
  take(): Bucket {
    const bucket = this.#bucket
    this.#bucket = new Map()
    return bucket
  }

  #newService(service: string): Map<string, OperationCount> | undefined {
    if (this.#bucket.size >= this.#limits.servicesMax) return undefined
    const operations = new Map<string, OperationCount>()
    this.#bucket.set(service, operations)
    return operations
  }

  #newOperation(
    operations: Map<string, OperationCount> | undefined,
    operation: string,
  ): OperationCount | undefined {
    if (operations === undefined || operations.size >= this.#limits.operationsMax) return undefined
    const count: OperationCount = { kept: 0, estimated: 0 }
    operations.set(operation, count)
    return count
  }
}
