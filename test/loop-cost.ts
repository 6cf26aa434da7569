/**
 * How often the event loop went round while something was done, and the CPU time, ms, that it took.
 * The loop goes round without a pause meanwhile, so where little is done on this thread the CPU time says
 * little either.
 */
export async function loopCostOf(
  work: () => Promise<unknown>,
): Promise<{ rounds: number; cpuMs: number }> {
  let rounds = 0
  let isOver = false
  const look = (): void => {
    rounds += 1
    if (!isOver) setImmediate(look)
  }
  setImmediate(look)
  const before = process.cpuUsage()
  await work()
  isOver = true
  const { user, system } = process.cpuUsage(before)
  return { rounds, cpuMs: (user + system) / 1000 }
}

/**
 * What is wrong when work of which no piece should hold the loop for more than about 3 ms did not let
 * others have their turns, or undefined. By the CPU time that it took: a fast machine does with few
 * rounds, and one that others use has less of its pieces in one.
 */
export async function heldLoop(work: () => Promise<unknown>): Promise<string | undefined> {
  const { rounds, cpuMs } = await loopCostOf(work)
  if (rounds > 3 && rounds > cpuMs / 15) return undefined
  return `${rounds} rounds of the event loop in ${cpuMs} ms`
}
