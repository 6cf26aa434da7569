import { setImmediate } from 'node:timers/promises'

/** Work in steps that takes this long lets others have a turn, ms. */
const turnMs = 5

/** Goes through work that is done in steps, and lets others have a turn every few milliseconds. */
export async function givingWay<Step>(
  steps: Iterable<Step>,
  each: (step: Step) => void = () => {},
): Promise<void> {
  let untilMs = performance.now() + turnMs
  for (const step of steps) {
    each(step)
    if (performance.now() < untilMs) continue
    await setImmediate()
    untilMs = performance.now() + turnMs
  }
}

/** The same of work that comes to a result. */
export async function finishing<Result>(work: Generator<void, Result>): Promise<Result> {
  let untilMs = performance.now() + turnMs
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
    if (performance.now() < untilMs) continue
    await setImmediate()
    untilMs = performance.now() + turnMs
  }
}
