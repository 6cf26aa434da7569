import type { SamplingStore } from '../../ports/sampling-store.ts'
import { givingWay } from '../give-way.ts'
import { writeCounts } from './counts-document.ts'
import type { OperationTable } from './operation-table.ts'
import { PartsWriter } from './parts-writer.ts'
import type { Throughput } from './throughput.ts'

/** A process that is gone has its counts forgotten after so many intervals, and not before ten minutes. */
const ttlIntervals = 10
const ttlMinMs = 600_000

/** What is counted, where, and under which name. */
export interface CountsSenderOptions {
  readonly store: SamplingStore
  readonly table: OperationTable
  readonly throughput: Throughput
  /** Of this process alone. */
  readonly id: string
  readonly intervalMs: number
}

interface Pending {
  readonly version: number
  readonly parts: readonly Uint8Array[]
}

/**
 * Stores what this process has counted, an interval at a time, under numbers that count up. While the store is
 * away one interval waits for it, and the next one grows longer: nothing more than the table holds is kept.
 */
export class CountsSender {
  readonly #options: CountsSenderOptions
  #version = 0
  #beganMs: number
  #pending: Pending | undefined

  constructor(options: CountsSenderOptions, nowMs: number) {
    this.#options = options
    this.#beganMs = nowMs
  }

  /** Whether an interval has ended that is not stored. */
  isDue(nowMs: number): boolean {
    return this.#pending !== undefined || nowMs - this.#beganMs >= this.#options.intervalMs
  }

  /** Ends the interval, whose counts the caller takes from where they are counted. @returns how many seconds it had */
  end(nowMs: number): number {
    const seconds = Math.max(0.001, (nowMs - this.#beganMs) / 1000)
    this.#beganMs = nowMs
    return seconds
  }

  /** Ends the interval and stores it, or what could not be stored before. */
  async send(nowMs: number): Promise<void> {
    this.#pending ??= await this.#take(nowMs)
    const { store, id, intervalMs } = this.#options
    const ttlMs = Math.max(ttlMinMs, ttlIntervals * intervalMs)
    await store.put({ kind: 'counts', name: id, ...this.#pending, ttlMs })
    this.#pending = undefined
  }

  async #take(nowMs: number): Promise<Pending> {
    const { table, throughput } = this.#options
    const writer = new PartsWriter(this.end(nowMs))
    await givingWay(table.services(), (service) => {
      const { name, rows } = service
      throughput.take(service, (counts) => {
        const operation = rows.nameAt(counts.place)
        writer.add(name, (fields) => writeCounts(fields, { service: name, operation, ...counts }))
      })
    })
    this.#version += 1
    return { version: this.#version, parts: writer.finish() }
  }
}
