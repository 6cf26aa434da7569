import t from 'tap'
import { Lease } from '../../../src/sampling/adaptive/lease.ts'
import { MemorySamplingStore } from '../../../src/stores/memory/memory-sampling-store.ts'

t.test('Lease tells that it was taken anew, though it seems never to have been away', async (t) => {
  let nowMs = 0
  const store = new MemorySamplingStore(true, () => nowMs)
  const [one, other] = ['one', 'other'].map((id) => new Lease(store, { id, process: id }, 1000))
  await one?.refresh(nowMs)
  nowMs = 900
  await one?.refresh(nowMs)
  t.equal(one?.term, 1)
  nowMs = 5000
  await other?.refresh(nowMs)
  await other?.release()
  await one?.refresh(nowMs)
  t.equal(one?.isHeld(nowMs), true)
  t.equal(one?.term, 2)
  t.equal(other?.term, 1)
})
