interface Waiting {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

const waitingFor = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls back once when the signal aborts; nothing happens for one that has aborted already. All
 * calls with one signal share one listener on it, as a caller may have any number under way.
 *
 * @param callback another function for each call
 * @returns what takes it back; the last one takes the listener off the signal
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const waiting = waitingFor.get(signal) ?? listenTo(signal)
  waiting.callbacks.add(callback)
  return () => {
    if (!waiting.callbacks.delete(callback) || waiting.callbacks.size > 0) return
    signal.removeEventListener('abort', waiting.listener)
    waitingFor.delete(signal)
  }
}

function listenTo(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>()
  const listener = (): void => {
    for (const callback of callbacks) callback()
  }
  signal.addEventListener('abort', listener, { once: true })
  const waiting = { callbacks, listener }
  waitingFor.set(signal, waiting)
  return waiting
}
