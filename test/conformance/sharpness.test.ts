import t from 'tap'
import type { SpanStore } from '../../src/ports/span-store.ts'
import type { Check } from './check.ts'
import { keepingFaults, spoiled } from './faults.ts'
import { searchFaults } from './search-faults.ts'
import { checks, runCheck } from './span-store.ts'

// The contract is worth what it notices: each of these stores is wrong in one way, and the check
// that is named must fail for it and for nothing else than its own assertion.

t.setTimeout(120_000)
const faults = [...keepingFaults, ...searchFaults]
const random = { spans: 400, queries: 120 }

for (const fault of faults) {
  t.test(`the contract catches a store that ${fault.name}`, async (t) => {
    const failure = await failureOf(checkNamed(fault.caughtBy), fault.open)
    t.ok(failure instanceof Error, `"${fault.caughtBy}" fails`)
    t.notMatch(failure, { name: /^(TypeError|RangeError|ReferenceError|GatewayError)$/ })
  })
}

t.test('the same checks pass for the store without a fault', async (t) => {
  for (const caughtBy of new Set(faults.map((fault) => fault.caughtBy))) {
    const failure = await failureOf(checkNamed(caughtBy), () => spoiled(() => ({})))
    t.equal(failure, undefined, caughtBy)
  }
})

function checkNamed(beginning: string): Check {
  const found = checks.filter(({ name }) => name.startsWith(beginning))
  const [check] = found
  if (check === undefined || found.length > 1) throw new Error(`${found.length} of "${beginning}"`)
  return check
}

async function failureOf(check: Check, open: () => SpanStore): Promise<unknown> {
  try {
    await runCheck(check, async () => open(), { random })
    return undefined
  } catch (error) {
    return error
  }
}
