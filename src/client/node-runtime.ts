import { setTimeout } from 'node:timers/promises'
import type { Runtime } from '../../bridge/opentelemetry/send-request.ts'

/** Time and chance of this process. A wait keeps the process alive: its spans are not sent yet. */
export const nodeRuntime: Runtime = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    // It rejects for the signal alone, which is one way to end a wait.
    await setTimeout(ms, undefined, { signal }).catch(() => {})
  },
  random: () => Math.random(),
}
