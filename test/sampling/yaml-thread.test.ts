import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { ReadStrategies } from '../../src/sampling/read-strategies.ts'
import { readStrategies } from '../../src/sampling/read-strategies.ts'
import { readStrategiesApart } from '../../src/sampling/yaml-thread.ts'

/** Services of a long document, with everything that is taken with a warning. */
function servicesOf(count: number): string {
  const one = (at: number) => `  - service: "s${at} ä"
    type: probabilistic
    param: ${at / count}
    operation_strategies:
      - {operation: GET /${at}, type: probabilistic, param: 0.25}
      - {operation: GET /${at}, type: probabilistic, param: 0.5}
`
  return Array.from({ length: count }, (_, at) => one(at)).join('')
}

const oddServices = `  - {service: limited, type: ratelimiting, param: 2.5}
  - {service: only odd, type: probabilistic, param: 1, operation_strategies: [{operation: a, type: ratelimiting, param: 1}]}
  - {service: listed type, type: [1, 2], param: 1, also: {1: .inf}}
  - {service: nothing, type: probabilistic, operation_strategies: []}
  - {service: s1 ä, type: probabilistic, param: 0.125}
`

const byDefault = `default_strategy:
  type: probabilistic
  param: 0.75
  operation_strategies: [{operation: /health, type: probabilistic, param: 0}]
`

/** All that a document says. */
function said({ strategies, ...others }: ReadStrategies) {
  const names = [...(strategies?.byService.keys() ?? [])]
  const rulesOf = (name: string) => {
    const found = strategies?.byService.get(name)
    return found && { service: found.service, operations: found.operations }
  }
  const { problems, errors, warnings } = others
  return {
    ...{ problems, errors, warnings },
    byDefault: strategies?.byDefault.service,
    services: names.map((name) => [name, rulesOf(name)?.service, ruled(rulesOf(name)?.operations)]),
  }
}

type Operations = NonNullable<ReadStrategies['strategies']>['byDefault']['operations']

function ruled(operations: Operations | undefined) {
  if (operations === undefined) return undefined
  const listed = operations.listed.map(({ operation, probability }) => [operation, probability])
  return { ...operations, listed }
}

async function apart(text: string, signal = new AbortController().signal) {
  return await readStrategiesApart(Buffer.from(text), 0.001, signal)
}

t.test('readStrategiesApart() says of long YAML what readStrategies() says', async (t) => {
  const good = `${byDefault}service_strategies:\n${oddServices}${servicesOf(150)}`
  const documents = {
    good,
    'of services alone': `service_strategies:\n${servicesOf(100)}`,
    'of a list': servicesOf(100),
    'with a share of 2': good.replace('param: 0.98', 'param: 2'),
    'that is no YAML': `${good}  }`,
    'with a name twice': `${good}\n${byDefault}`,
    'of a comment': `# ${'x'.repeat(100_000)}`,
  }
  for (const [what, text] of Object.entries(documents)) {
    const read = readStrategies(text, 0.001)
    t.strictSame(said(await apart(text)), said(read), `a document ${what}`)
  }
  const { strategies, warnings } = await apart(good)
  t.equal(strategies?.byService.size, 154)
  t.equal(warnings, 156)
})

t.test('readStrategiesApart() lets others have their turns while it reads YAML', async (t) => {
  const text = `service_strategies:\n${servicesOf(500)}`
  let isRead = false
  const reading = apart(text).then(() => {
    isRead = true
  })
  let turns = 0
  for (; !isRead; turns++) await setImmediate()
  await reading
  t.ok(turns > 100, `${turns} turns`)
})

t.test('readStrategiesApart() ends its thread with the signal', async (t) => {
  const controller = new AbortController()
  const reading = apart(`service_strategies:\n${servicesOf(20_000)}`, controller.signal)
  controller.abort()
  t.equal((await reading).strategies, undefined)
})

t.test('readStrategiesApart() starts no thread for what is too long for YAML', async (t) => {
  const braced = `{${'x'.repeat(70_000)}`
  t.strictSame(said(await apart(braced)), said(readStrategies(braced, 0.001)))
})
