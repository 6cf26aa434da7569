import type { BatchMemory } from '../../bridge/model/batch-memory.ts'
import { createBatchMemory } from '../../bridge/model/batch-memory.ts'
import { MemoryPool, pooledBytesMax } from '../transport/memory-pool.ts'

/** Requests that are decoded or wait for their store, as many as have pooled messages. */
const batchesMax = 64
/** For spans of 256 bytes with a term for every 20; more of them get larger arrays. */
const room = {
  groups: 64,
  spans: pooledBytesMax / 256,
  terms: pooledBytesMax / 20,
  bytes: pooledBytesMax,
} as const

/** Memory for the indexes of batches, for all receivers of the process. */
export function createBatchPool(): MemoryPool<BatchMemory> {
  return new MemoryPool(batchesMax, () =>
    createBatchMemory(room, (sizeBytes) => new SharedArrayBuffer(sizeBytes)),
  )
}
