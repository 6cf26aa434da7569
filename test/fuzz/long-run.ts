import type { Test } from 'tap'
import type { FuzzTarget } from './run-fuzz.ts'
import { fuzzSettings, runFuzz } from './run-fuzz.ts'

/** Processor time that one input may take: an input has some kilobytes. */
const slowestMsMax = 2000
/** How far the process may grow at its peak. */
const grownMiBMax = 512

/** Checks a million inputs, or `SPANGATE_FUZZ_INPUTS`, and tells how slow and how large they became. */
export function checkMillion(t: Test, target: FuzzTarget): void {
  const { inputs, seed } = fuzzSettings(1_000_000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const beforeMiB = process.memoryUsage.rss() / 2 ** 20
  const { outcomes, slowestMs, failure } = runFuzz(target, seed, inputs)
  t.equal(failure, undefined)
  // The peak, not what is left: in KiB.
  const grownMiB = process.resourceUsage().maxRSS / 1024 - beforeMiB
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  const measured = `slowest input ${slowestMs.toFixed(1)} ms, memory grew by ${grownMiB.toFixed(0)} MiB`
  t.comment(`${inputs} inputs: ${measured}`)
  t.ok(slowestMs < slowestMsMax, measured)
  t.ok(grownMiB < grownMiBMax, measured)
}
