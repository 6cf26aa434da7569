import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/**
 * Collects all garbage of this thread. V8 gives the memory of buffers back on another thread, however late that
 * is; the second collection does not begin before that is done.
 */
export function collectGarbage(): void {
  collect()
  collect()
}
