/**
 * The checks of a tracer that are published with `opentracing` itself. They are written for mocha, so
 * its three functions are here made of tap's.
 */
import { createRequire } from 'node:module'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { Tracer } from 'opentracing'
import type { Test } from 'tap'
import t from 'tap'
import { BridgeTracer } from '../../../bridge/opentracing/bridge-tracer.ts'

type Check = (
  createTracer: () => Tracer,
  options?: { readonly skipBaggageChecks?: boolean },
) => void

interface Item {
  readonly title: string
  readonly before: readonly (() => void)[]
  readonly run: () => void
}

/** Runs what the checks describe and gives what they would run. */
function collect(createTracer: () => Tracer): readonly Item[] {
  const { default: check } = createRequire(import.meta.url)(
    'opentracing/lib/test/api_compatibility',
  ) as { readonly default: Check }
  const items: Item[] = []
  const titles: string[] = []
  let before: readonly (() => void)[] = []
  const mocha = {
    describe(title: string, body: () => void) {
      const outer = before
      titles.push(title)
      body()
      titles.pop()
      before = outer
    },
    beforeEach(run: () => void) {
      before = [...before, run]
    },
    it: Object.assign(
      (title: string, run: () => void) => {
        items.push({ title: [...titles, title].join(' › '), before, run })
      },
      {
        skip: (title: string) => {
          throw new Error(`"${title}" would be skipped`)
        },
      },
    ),
  }
  Object.assign(globalThis, mocha)
  try {
    check(createTracer, {})
  } finally {
    for (const name of Object.keys(mocha)) Reflect.deleteProperty(globalThis, name)
  }
  return items
}

function run(t: Test, { before, run }: Item): void {
  // One of the checks prints an id.
  t.intercept(console, 'log', { value: () => {} })
  for (const one of before) one()
  run()
}

const items = collect(
  () => new BridgeTracer({ tracerProvider: new BasicTracerProvider(), onLoss: () => {} }),
)

t.test('apiCompatibilityChecks() of opentracing 0.14.7 has checks', async (t) => {
  t.equal(items.length, 9)
})

for (const item of items) {
  t.test(`BridgeTracer: ${item.title}`, async (t) => run(t, item))
}

t.test('the checks find a tracer that does not keep baggage', async (t) => {
  const failed = collect(() => new Tracer()).filter((item) => {
    try {
      run(t, item)
      return false
    } catch {
      return true
    }
  })
  t.ok(failed.some(({ title }) => title.endsWith('should set baggage and retrieve baggage')))
})
