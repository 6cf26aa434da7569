import { setTimeout } from 'node:timers/promises'
import type { Runtime } from '../../bridge/opentelemetry/send-request.ts'

/** Time and chance of this process. A wait keeps the process alive: its spans are not sent yet. */
export const nodeRuntime: Runtime = runtimeOf({ ref: true })

/** The same for what nobody waits for: the process may end in the middle of it. */
export const backgroundRuntime: Runtime = runtimeOf({ ref: false })

function runtimeOf({ ref }: { readonly ref: boolean }): Runtime {
  return {
    nowMs: () => performance.now(),
    sleep: async (ms, signal) => {
      // It rejects for the signal alone, which is one way to end a wait.
      await setTimeout(ms, undefined, { signal, ref }).catch(() => {})
    },
    random: () => Math.random(),
  }
}
