import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { Ability, SpanStore } from '../../src/ports/span-store.ts'
import type { Bench, Check, RandomSizes } from './check.ts'
import { concurrent } from './concurrent.ts'
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
  ...sharing(writes),
  ...sharing(traces),
  ...sharing(find),
  ...sharing(legacy),
  ...sharing(operatorChecks),
  ...tenants,
  ...sharing(summaries),
  ...sharing(names),
  ...lifecycle,
  ...random,
  ...concurrent,
]

/** How the suite is run for one kind of store. */
export interface ConformanceOptions {
  /** What the store is opened with; 72 h. */
  readonly retentionMs?: number
  /** Closes the store and opens what it has kept. Needed unless it cannot be durable. */
  readonly reopen?: (store: SpanStore) => Promise<SpanStore>
  readonly random?: Partial<RandomSizes>
  /**
   * What a store gives back that cannot keep all of a batch. Its `arrivalUnixMs` is so late that no start
   * is before or after what it allows.
   */
  readonly kept?: (batch: SpanBatch) => SpanBatch
  /** Checks, by their names, that this store cannot meet for a reason of its own, which is no ability's. */
  readonly exempt?: ReadonlyMap<string, string>
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
 * Runs the whole contract, each check on a fresh store or in a tenant of its own. What the store
 * cannot do, with its reason, is skipped; nothing else is.
 */
export async function spanStoreConformance(
  t: Suite,
  open: () => Promise<SpanStore>,
  options: ConformanceOptions = {},
): Promise<void> {
  const common = await open()
  const { cannot } = common
  const exempt = new Map(options.exempt)
  try {
    for (const check of checks) {
      const skip = exempt.get(check.name) ?? reasonToSkip(check, cannot)
      exempt.delete(check.name)
      const shares = check.shares && !cannot.has('tenants')
      await t.test(check.name, { skip }, () =>
        shares
          ? check.run(benchOf(asTenant(common, check.name), options))
          : runCheck(check, open, options),
      )
    }
    if (exempt.size > 0) throw new Error(`there is no check ${[...exempt.keys()].join(', ')}`)
  } finally {
    await common.close()
  }
}

/** Runs one check on a fresh store; resolves when it holds. */
export async function runCheck(
  check: Check,
  open: () => Promise<SpanStore>,
  options: ConformanceOptions = {},
): Promise<void> {
  const store = await open()
  const opened = [store]
  const { reopen } = options
  const again = async (): Promise<SpanStore> => {
    const next = await (reopen?.(store) ?? open())
    opened.push(next)
    return next
  }
  try {
    await check.run({ ...benchOf(store, options), reopen: reopen && again })
  } finally {
    for (const one of opened) await one.close()
  }
}

/** So long that no start is too early. */
const everMs = Math.floor(Number.MAX_SAFE_INTEGER / 1000)

function benchOf(store: SpanStore, options: ConformanceOptions): Bench {
  const { kept } = options
  const retentionMs = kept ? everMs : (options.retentionMs ?? 72 * 3_600_000)
  const seed = Number(process.env['SPANGATE_TEST_SEED'] ?? 20_261_123)
  return {
    store,
    retentionMs,
    arrivalUnixMs: Date.now(),
    kept: kept ?? ((batch) => batch),
    reference: () => {
      const reference = referenceStore(retentionMs)
      return kept ? keeping(reference, kept) : reference
    },
    reopen: undefined,
    random: { seed, spans: 1500, queries: 300, ...options.random },
  }
}

/** The store, given what another one keeps of each batch. */
export function keeping(store: SpanStore, kept: (batch: SpanBatch) => SpanBatch): SpanStore {
  return {
    cannot: store.cannot,
    write: (tenant, batch, signal) => store.write(tenant, kept(batch), signal),
    trace: (...given) => store.trace(...given),
    lostParts: (...given) => store.lostParts(...given),
    find: (...given) => store.find(...given),
    summaries: (...given) => store.summaries(...given),
    services: (...given) => store.services(...given),
    operations: (...given) => store.operations(...given),
    close: () => store.close(),
  }
}

/** The store as the default tenant sees it, kept in another tenant. */
function asTenant(store: SpanStore, name: string): SpanStore {
  const tenantOf = (tenant: string): string => (tenant === '' ? name : `${name}/${tenant}`)
  return {
    cannot: store.cannot,
    write: (tenant, ...rest) => store.write(tenantOf(tenant), ...rest),
    trace: (tenant, ...rest) => store.trace(tenantOf(tenant), ...rest),
    lostParts: (tenant, ...rest) => store.lostParts(tenantOf(tenant), ...rest),
    find: (tenant, ...rest) => store.find(tenantOf(tenant), ...rest),
    summaries: (tenant, ...rest) => store.summaries(tenantOf(tenant), ...rest),
    services: (tenant) => store.services(tenantOf(tenant)),
    operations: (tenant, ...rest) => store.operations(tenantOf(tenant), ...rest),
    close: () => Promise.reject(new Error('a check that shares a store must not close it')),
  }
}

function reasonToSkip(check: Check, cannot: ReadonlyMap<Ability, string>): string | false {
  for (const ability of check.needs ?? []) {
    const reason = cannot.get(ability)
    if (reason !== undefined) return `cannot ${ability}: ${reason}`
  }
  return false
}

/** Those that open the store again need one of their own. */
function sharing(theme: readonly Check[]): readonly Check[] {
  return theme.map((check) =>
    check.needs?.includes('durable') ? check : { ...check, shares: true },
  )
}
