import type { Ability, SpanStore } from '../../src/ports/span-store.ts'
import type { Bench, Check, RandomSizes } from './check.ts'
import { find } from './find.ts'
import { legacy } from './legacy.ts'
import { lifecycle } from './lifecycle.ts'
import { names } from './names.ts'
import { operatorChecks } from './operators.ts'
import { random } from './random.ts'
import { referenceStore } from './reference-store.ts'
import { summaries } from './summaries.ts'
import { tenants } from './tenants.ts'
import { traces } from './traces.ts'
import { writes } from './writes.ts'

/** The contract of `SpanStore`, every rule a check of its own. */
export const checks: readonly Check[] = [
  ...writes,
  ...traces,
  ...find,
  ...legacy,
  ...operatorChecks,
  ...tenants,
  ...summaries,
  ...names,
  ...lifecycle,
  ...random,
]

/** How the suite is run for one kind of store. */
export interface ConformanceOptions {
  /** What the store is opened with; 72 h. */
  readonly retentionMs?: number
  /** Closes the store and opens what it has kept. Needed unless it cannot be durable. */
  readonly reopen?: (store: SpanStore) => Promise<SpanStore>
  readonly random?: Partial<RandomSizes>
}

/** The part of a tap test that the suite uses. */
export interface Suite {
  test(
    name: string,
    options: { skip: string | false },
    run: () => Promise<void>,
  ): PromiseLike<unknown>
}

/**
 * Runs the whole contract, each check on a fresh store. What the store cannot do, with its reason,
 * is skipped; nothing else is.
 */
export async function spanStoreConformance(
  t: Suite,
  open: () => Promise<SpanStore>,
  options: ConformanceOptions = {},
): Promise<void> {
  const probe = await open()
  const { cannot } = probe
  await probe.close()
  for (const check of checks) {
    const skip = reasonToSkip(check, cannot)
    await t.test(check.name, { skip }, () => runCheck(check, open, options))
  }
}

/** Runs one check on a fresh store; resolves when it holds. */
export async function runCheck(
  check: Check,
  open: () => Promise<SpanStore>,
  options: ConformanceOptions = {},
): Promise<void> {
  const retentionMs = options.retentionMs ?? 72 * 3_600_000
  const opened: SpanStore[] = [await open()]
  const [store] = opened
  if (store === undefined) throw new Error('no store was opened')
  const { reopen } = options
  const seed = Number(process.env['SPANGATE_TEST_SEED'] ?? 20_261_123)
  const bench: Bench = {
    store,
    retentionMs,
    arrivalUnixMs: Date.now(),
    reference: () => referenceStore(retentionMs),
    reopen:
      reopen &&
      (async () => {
        const again = await reopen(store)
        opened.push(again)
        return again
      }),
    random: { seed, spans: 2000, queries: 300, ...options.random },
  }
  try {
    await check.run(bench)
  } finally {
    for (const one of opened) await one.close()
  }
}

function reasonToSkip(check: Check, cannot: ReadonlyMap<Ability, string>): string | false {
  for (const ability of check.needs ?? []) {
    const reason = cannot.get(ability)
    if (reason !== undefined) return `cannot ${ability}: ${reason}`
  }
  return false
}
