import t from 'tap'
import { MemorySamplingStore } from '../../../src/stores/memory/memory-sampling-store.ts'
import { samplingStoreConformance } from '../../conformance/sampling-store.ts'

t.test('MemorySamplingStore fills the port', async (t) => {
  const open = async () => new MemorySamplingStore()
  t.equal((await open()).isKept, false)
  await samplingStoreConformance(t, { open, beside: undefined, reopen: undefined })
})
