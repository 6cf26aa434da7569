import { cancelledBy } from './cancelled.ts'
import { onAbort } from './on-abort.ts'

/**
 * The result of work that nobody may wait for any longer. The work goes on then, and what it fails with is nobody's.
 *
 * @throws GatewayError 'cancelled' once the signal has aborted
 */
export async function untilAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  let settle = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    settle = onAbort(signal, () => reject(cancelledBy(signal)))
  })
  try {
    const result = await Promise.race([work, aborted])
    if (signal.aborted) throw cancelledBy(signal)
    return result
  } finally {
    settle()
    work.catch(() => {})
  }
}
