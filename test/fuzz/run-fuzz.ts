import { mutate } from './mutate.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'

/** What is decoded, and how it is judged. */
export interface FuzzTarget {
  /** Valid messages that are changed. */
  readonly samples: readonly Uint8Array[]
  /** Tags with which a value of this format nests in itself, outermost first. */
  readonly nesting: readonly number[]
  /** Changes a sample; protobuf's `mutate` where it is left out. */
  readonly mutate?: (random: Random, bytes: Uint8Array) => Uint8Array
  /** Decodes the bytes; throws for whatever must not happen. Gives what came out, to be counted. */
  check(bytes: Uint8Array): string
}

/** How a run went. */
export interface FuzzResult {
  /** How many inputs had each outcome. */
  readonly outcomes: ReadonlyMap<string, number>
  /** Longest processor time of one input; others may share the machine. */
  readonly slowestMs: number
  /** The first input that failed. */
  readonly failure:
    | { readonly input: number; readonly hex: string; readonly error: unknown }
    | undefined
}

/** How many inputs and from which seed: `SPANGATE_FUZZ_INPUTS`, `SPANGATE_FUZZ_SEED`. */
export function fuzzSettings(inputs: number): { readonly inputs: number; readonly seed: number } {
  const { env } = process
  const seed = env['SPANGATE_FUZZ_SEED'] ?? env['SPANGATE_TEST_SEED'] ?? Date.now() % 2 ** 31
  return { inputs: Number(env['SPANGATE_FUZZ_INPUTS'] ?? inputs), seed: Number(seed) }
}

/** Checks so many inputs; the number of an input and the seed give its bytes. */
export function runFuzz(target: FuzzTarget, seed: number, inputs: number): FuzzResult {
  const outcomes = new Map<string, number>()
  let slowestMs = 0
  for (let input = 0; input < inputs; input++) {
    const bytes = fuzzInput(target, seed, input)
    const start = process.cpuUsage()
    try {
      const outcome = target.check(bytes)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    } catch (error) {
      const hex = Buffer.from(bytes.subarray(0, 4096)).toString('hex')
      return { outcomes, slowestMs, failure: { input, hex, error } }
    }
    const { user, system } = process.cpuUsage(start)
    slowestMs = Math.max(slowestMs, (user + system) / 1000)
  }
  return { outcomes, slowestMs, failure: undefined }
}

/** The bytes of one input. */
export function fuzzInput(target: FuzzTarget, seed: number, input: number): Uint8Array {
  const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input, 0x85ebca6b))
  const sample = target.samples[random.below(target.samples.length)] ?? new Uint8Array(0)
  const changed = target.mutate?.(random, sample) ?? mutate(random, sample, target.nesting)
  return new Uint8Array(changed)
}
