import cassandra from 'cassandra-driver'

const { RetryPolicy } = cassandra.policies.retry

type Decision = cassandra.policies.retry.DecisionInfo
type Consistency = cassandra.types.consistencies
type Operation = cassandra.policies.retry.OperationInfo

/** How often one statement is tried again. */
const retriesMax = 2

/**
 * Tries again what may be run twice: all statements of spans, none of a lightweight transaction. The
 * driver itself leaves statements alone that are not marked as idempotent.
 */
export class IdempotentRetries extends RetryPolicy {
  override onWriteTimeout(info: Operation, consistency: Consistency): Decision {
    return this.#again(info, consistency, true)
  }

  override onRequestError(info: Operation, consistency: Consistency): Decision {
    return this.#again(info, consistency, false)
  }

  override onUnavailable(info: Operation, consistency: Consistency): Decision {
    return this.#again(info, consistency, false)
  }

  #again({ nbRetry }: Operation, consistency: Consistency, onSameNode: boolean): Decision {
    if (nbRetry >= retriesMax) return this.rethrowResult()
    return this.retryResult(consistency, onSameNode)
  }
}

/** Asks a second replica for a read that takes longer than usual; writes are never sent twice. */
export class SpeculativeReads
  implements cassandra.policies.speculativeExecution.SpeculativeExecutionPolicy
{
  readonly #afterMs: number

  constructor(afterMs: number) {
    this.#afterMs = afterMs
  }

  init(): void {}

  newPlan(_keyspace: string, query: string | object[]): { nextExecution: () => number } {
    const isRead = typeof query === 'string' && query.startsWith('SELECT')
    let isNext = isRead
    return {
      nextExecution: () => {
        const delayMs = isNext ? this.#afterMs : -1
        isNext = false
        return delayMs
      },
    }
  }

  getOptions(): Map<string, object> {
    return new Map()
  }

  shutdown(): void {}
}
