import { getHeapStatistics, setFlagsFromString } from 'node:v8'

/** What may gather between two collections of a small heap, buffers outside of it included. */
const roomBytesMax = 96 * 1024 * 1024
/** The same where much is kept outside of the heap for good. */
const roomBytesMin = 32 * 1024 * 1024
const percentMax = 900
const everyMs = 1000

/**
 * By how much a heap may grow before V8 collects it as a whole; 0 leaves that to V8.
 *
 * Only while the room that it gives is worth something next to the heap: never more than `roomBytesMax`.
 *
 * @param keptBytes what lies outside of the heap for good; the room is smaller by as much, as the process is to be
 * no larger than others
 */
export function growthPercent(usedBytes: number, keptBytes = 0): number {
  if (usedBytes > roomBytesMax) return 0
  const roomBytes = Math.max(roomBytesMin, roomBytesMax - keptBytes)
  return Math.min(Math.round((100 * roomBytes) / usedBytes), percentMax)
}

/**
 * Lets V8 collect a small heap less often.
 *
 * Messages lie in buffers outside of the heap, and V8 counts what was allocated of them against a
 * limit that it makes from what is *in* the heap, some 15 MB here: it went over all of it every 20
 * requests of 350 KB, which was half of what receiving cost. The flag holds for all threads of the
 * process, and is looked at anew as the heap grows.
 *
 * @param keptBytes as `growthPercent` has it; asked again and again
 * @returns stops it
 */
export function letHeapGrow(keptBytes: () => number): () => void {
  let percent = 0
  const set = () => {
    const wanted = growthPercent(getHeapStatistics().used_heap_size, keptBytes())
    if (wanted === percent) return
    percent = wanted
    setFlagsFromString(`--heap-growing-percent=${percent}`)
  }
  set()
  const timer = setInterval(set, everyMs).unref()
  return () => clearInterval(timer)
}
