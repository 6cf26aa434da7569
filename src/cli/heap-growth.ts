import { getHeapStatistics, setFlagsFromString } from 'node:v8'

/** What may gather between two collections of a small heap, buffers outside of it included. */
const roomBytes = 96 * 1024 * 1024
const percentMax = 900
const everyMs = 1000

/**
 * By how much a heap may grow before V8 collects it as a whole; 0 leaves that to V8.
 *
 * Only while the room that it gives is worth something next to the heap: never more than `roomBytes`.
 */
export function growthPercent(usedBytes: number): number {
  const percent = Math.round((100 * roomBytes) / usedBytes)
  return percent < 100 ? 0 : Math.min(percent, percentMax)
}

/**
 * Lets V8 collect a small heap less often.
 *
 * Messages lie in buffers outside of the heap, and V8 counts what was allocated of them against a
 * limit that it makes from what is *in* the heap, some 15 MB here: it went over all of it every 20
 * requests of 350 KB, which was half of what receiving cost. The flag holds for all threads of the
 * process, and is looked at anew as the heap grows.
 *
 * @returns stops it
 */
export function letHeapGrow(): () => void {
  let percent = 0
  const set = () => {
    const wanted = growthPercent(getHeapStatistics().used_heap_size)
    if (wanted === percent) return
    percent = wanted
    setFlagsFromString(`--heap-growing-percent=${percent}`)
  }
  set()
  const timer = setInterval(set, everyMs).unref()
  return () => clearInterval(timer)
}
