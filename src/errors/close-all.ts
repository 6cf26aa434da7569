/** Parts by their names, each with what closes it. */
export type Closing = Readonly<Record<string, () => unknown>>

/**
 * Closes parts, each whatever becomes of the others: those of one stage together, and those of the next when they
 * have ended.
 *
 * @param onError told of each part that fails to close
 * @throws what the first of them failed with, when all are done
 */
export async function closeAll(
  stages: readonly Closing[],
  onError: (error: unknown, part: string) => void = () => {},
): Promise<void> {
  const errors: unknown[] = []
  const close = async ([part, end]: [part: string, end: () => unknown]): Promise<void> => {
    try {
      await end()
    } catch (error) {
      errors.push(error)
      onError(error, part)
    }
  }
  for (const stage of stages) await Promise.all(Object.entries(stage).map(close))
  if (errors.length > 0) throw errors[0]
}

/** The same of parts that close at once. @throws what the first of them failed with, when all are done */
export function closeEach(parts: Iterable<{ close(): void }>): void {
  const errors: unknown[] = []
  for (const part of parts) {
    try {
      part.close()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}

/**
 * Closes what was opened before something failed, and fails with that: what closing fails with comes second, and
 * often of the same cause.
 *
 * @throws `error`
 */
export async function closeAfter(error: unknown, close: () => unknown): Promise<never> {
  try {
    await close()
  } catch {
    // Somebody has to know of the first error.
  }
  throw error
}

/**
 * Does some work with what is open, and closes it then.
 *
 * @throws what the work fails with, else what closing does
 */
export async function thenClose<Result>(
  work: () => Promise<Result>,
  close: () => unknown,
): Promise<Result> {
  let result: Result
  try {
    result = await work()
  } catch (error) {
    return closeAfter(error, close)
  }
  await close()
  return result
}
