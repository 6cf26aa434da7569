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
