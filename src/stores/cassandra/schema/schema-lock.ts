import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import cassandra from 'cassandra-driver'
import { GatewayError } from '../../../errors/gateway-error.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { processName } from './ledger.ts'

/** How long a lock is held and waited for. */
export interface LockOptions {
  /**
   * A migrator that died blocks nobody for longer. At least 2: it is a TTL in whole seconds, so that
   * the last of them is not counted on.
   */
  readonly leaseSeconds: number
  /** How long another migrator may take. */
  readonly waitMaxMs: number
}

const name = 'migrate'
const pollMs = 200

/**
 * The lock of a keyspace's schema: a row that one migrator alone can insert, by a lightweight
 * transaction, and that expires with its lease. It is renewed while it is held.
 */
export class SchemaLock {
  readonly #session: ClusterSession
  readonly #table: string
  readonly #owner: cassandra.types.Uuid
  readonly #leaseSeconds: number
  #renewing: NodeJS.Timeout | undefined
  /** Monotonic ms until which the lock is surely ours. */
  #heldUntilMs = 0

  /** Waits for the lock. @throws GatewayError 'store_unavailable' that says who has it */
  static async take(
    session: ClusterSession,
    keyspace: string,
    options: LockOptions,
  ): Promise<SchemaLock> {
    const lock = new SchemaLock(session, keyspace, options.leaseSeconds)
    assert(options.leaseSeconds >= 2)
    const deadline = performance.now() + options.waitMaxMs
    for (;;) {
      const holder = await lock.#insert()
      if (holder === undefined) return lock
      if (performance.now() >= deadline) {
        throw new GatewayError(
          'store_unavailable',
          `Cannot migrate: ${holder} is migrating keyspace "${keyspace}" since ${options.waitMaxMs / 1000} s or more`,
        )
      }
      await setTimeout(pollMs)
    }
  }

  private constructor(session: ClusterSession, keyspace: string, leaseSeconds: number) {
    this.#session = session
    this.#table = `${keyspace}.schema_lock`
    this.#leaseSeconds = leaseSeconds
    this.#owner = cassandra.types.Uuid.fromString(randomUUID())
  }

  /** Asked before every step. @throws GatewayError when the lease was lost */
  check(): void {
    if (performance.now() < this.#heldUntilMs) return
    throw new GatewayError(
      'store_unavailable',
      'Cannot migrate: the lock could not be renewed in time; run it again',
    )
  }

  /** Lets others migrate at once. */
  async release(): Promise<void> {
    clearInterval(this.#renewing)
    await this.#session.transact(
      'Cannot release the lock of the schema',
      `DELETE FROM ${this.#table} WHERE name = ? IF owner = ?`,
      [name, this.#owner],
    )
  }

  get #surelyMs(): number {
    return (this.#leaseSeconds - 1) * 1000
  }

  /** @returns who has the lock; undefined: we */
  async #insert(): Promise<string | undefined> {
    const askedMs = performance.now()
    const row = await this.#session.transact(
      'Cannot lock the schema',
      `INSERT INTO ${this.#table} (name, owner, process) VALUES (?, ?, ?) IF NOT EXISTS USING TTL ?`,
      [name, this.#owner, processName(), this.#leaseSeconds],
    )
    // An insert that was repeated by the server may find its own row.
    if (!row['[applied]'] && !this.#owner.equals(row['owner'])) return row['process'] ?? 'somebody'
    this.#heldUntilMs = askedMs + this.#surelyMs
    this.#renewing = setInterval(() => void this.#renew(), this.#surelyMs / 4)
    this.#renewing.unref()
    return undefined
  }

  async #renew(): Promise<void> {
    const askedMs = performance.now()
    try {
      const row = await this.#session.transact(
        'Cannot renew the lock of the schema',
        `UPDATE ${this.#table} USING TTL ? SET owner = ?, process = ? WHERE name = ? IF owner = ?`,
        [this.#leaseSeconds, this.#owner, processName(), name, this.#owner],
      )
      if (row['[applied]']) this.#heldUntilMs = askedMs + this.#surelyMs
    } catch {
      // The next renewal may succeed; without one `check` ends the migration.
    }
  }
}
