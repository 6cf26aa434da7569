import t from 'tap'
import type { Span, SpanGroup } from '../../bridge/model/span.ts'
import { SpanKind, StatusCode } from '../../bridge/model/span.ts'
import { addWarning } from '../../bridge/repair/warnings.ts'
import { renderTree } from '../../src/cli/trace/render-tree.ts'
import { columnsOf } from '../../src/cli/trace/text-columns.ts'

const startNano = 1_800_000_000_000_000_000n

interface Given {
  readonly id: number
  readonly parent?: number
  readonly name: string
  readonly kind?: number
  readonly atMicros: number
  readonly micros: number
  readonly error?: string
}

function span(given: Given): Span {
  const start = startNano + BigInt(given.atMicros) * 1000n
  return {
    traceId: Uint8Array.of(0x4b, 0xf9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    spanId: idOf(given.id),
    parentSpanId: given.parent === undefined ? undefined : idOf(given.parent),
    traceState: '',
    flags: 0,
    name: given.name,
    kind: given.kind ?? SpanKind.unspecified,
    startUnixNano: start,
    endUnixNano: start + BigInt(given.micros) * 1000n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status:
      given.error === undefined ? undefined : { code: StatusCode.error, message: given.error },
  }
}

function idOf(id: number): Uint8Array {
  return Uint8Array.of(0, 0, 0, 0, 0, 0, id >> 8, id & 0xff)
}

function group(service: string, spans: readonly Given[]): SpanGroup {
  const name = { key: 'service.name', value: { kind: 'string', value: service } } as const
  return {
    resource: { attributes: [name], droppedAttributesCount: 0 },
    resourceSchemaUrl: '',
    scope: undefined,
    scopeSchemaUrl: '',
    spans: spans.map(span),
  }
}

t.test('renderTree() puts children below their parent in order of start', async (t) => {
  const tree = renderTree([
    group('cart', [
      { id: 4, parent: 2, name: 'SELECT items', kind: SpanKind.client, atMicros: 300, micros: 200 },
      {
        id: 2,
        parent: 1,
        name: 'GetCart',
        kind: SpanKind.server,
        atMicros: 200,
        micros: 1520,
        error: 'no cart',
      },
    ]),
    group('shop', [
      { id: 1, name: 'GET /cart', kind: SpanKind.server, atMicros: 0, micros: 83_200 },
      { id: 3, parent: 1, name: 'render', atMicros: 2000, micros: 1_500_000 },
      { id: 9, parent: 77, name: 'lost', atMicros: 5000, micros: 0 },
    ]),
  ])
  t.equal(
    tree,
    `trace 4bf90000000000000000000000000001: 5 spans, 2 services, 1.502s, 1 error, began 2027-01-15T08:00:00.000Z
shop GET /cart [server]           +0ns 83.2ms *
├─ cart GetCart [server]          +200µs 1.52ms *  ERROR no cart
│  └─ cart SELECT items [client]  +300µs 200µs *
└─ shop render                    +2ms 1.5s *
shop lost                         +5ms 0ns  (parent 000000000000004d is not here)
`,
  )
})

t.test('renderTree() says when and why a parent was dropped, where a warning does', async (t) => {
  const [orphan] = group('cart', [
    { id: 9, parent: 77, name: 'lost', atMicros: 0, micros: 0 },
  ]).spans
  if (orphan === undefined) return
  const told = 'it came at 2026-01-31T12:00:00.000Z and was dropped (store_unavailable)'
  const warning = `parent span ID=000000000000004d is not in the trace; skipping; ${told}`
  const groups = [
    { ...group('cart', []), spans: [{ ...orphan, attributes: addWarning([], warning) }] },
  ]
  t.match(renderTree(groups), `(parent 000000000000004d is not here: ${told})`)
})

t.test('renderTree() shows a shared span id as server below client', async (t) => {
  const tree = renderTree([
    group('b', [{ id: 2, parent: 1, name: 'take', kind: SpanKind.server, atMicros: 2, micros: 1 }]),
    group('a', [
      { id: 1, name: 'root', atMicros: 0, micros: 9 },
      { id: 2, parent: 1, name: 'give', kind: SpanKind.client, atMicros: 1, micros: 3 },
    ]),
  ])
  t.match(tree, /a root.*\n└─ a give.*\n {3}└─ b take/)
})

t.test('renderTree() cuts a ring of parents and loses no span', async (t) => {
  const tree = renderTree([
    group('a', [
      { id: 1, parent: 2, name: 'one', atMicros: 0, micros: 1 },
      { id: 2, parent: 1, name: 'two', atMicros: 1, micros: 1 },
      { id: 3, parent: 3, name: 'self', atMicros: 2, micros: 1 },
    ]),
  ])
  for (const name of ['one', 'two', 'self']) t.equal(tree.split(`a ${name}`).length, 2)
})

t.test('renderTree() takes a chain of 20,000 calls without deep recursion', async (t) => {
  const chain = Array.from({ length: 20_000 }, (_, id): Given => {
    const parent = id === 0 ? {} : { parent: id }
    return { id: id + 1, ...parent, name: `step ${id}`, atMicros: id, micros: 1 }
  })
  const tree = renderTree([group('deep', chain.reverse())])
  t.equal(tree.split('\n').length, 20_002)
})

t.test('renderTree() takes a trace of 250,000 spans', async (t) => {
  const spans = Array.from({ length: 250_000 }, (_, id): Given => {
    return { id: 0, name: 'step', atMicros: id, micros: 1 }
  })
  t.equal(renderTree([group('wide', spans)]).split('\n').length, 250_002)
})

t.test(
  'renderTree() fits a terminal: names are cut, and the lines of the tree before them',
  async (t) => {
    const chain = Array.from({ length: 40 }, (_, id): Given => {
      const parent = id === 0 ? {} : { parent: id }
      return {
        id: id + 1,
        ...parent,
        name: `step ${id} 検索${'x'.repeat(120)}`,
        atMicros: id,
        micros: 1,
      }
    })
    const failing = [
      ...chain,
      { id: 99, parent: 1, name: 'pay', atMicros: 9, micros: 1, error: 'x'.repeat(99) },
    ]
    for (const columns of [80, 120]) {
      const [, ...lines] = renderTree([group('deep', failing)], { columns })
        .trimEnd()
        .split('\n')
      t.equal(lines.length, 41)
      for (const line of lines) t.ok(columnsOf(line) <= columns, line)
      t.match(lines[0], /^deep step 0 検索x+… {2}\+0ns 1µs \*$/)
      t.match(lines.at(-2), /^39…[ │]+└─ deep step 39 .*… {2}\+39µs 1µs/)
      t.match(lines.at(-1), /^└─ deep pay +\+9µs 1µs {2}ERROR x+…$/)
    }
    const wide = renderTree([group('deep', failing)], { columns: 400 })
    t.equal(wide, renderTree([group('deep', failing)]), 'nothing is cut where there is room')
  },
)

t.test('renderTree() shows errors in red where it may, and no control characters', async (t) => {
  const failing = [
    group('a', [{ id: 1, name: 'one\u001b[2J', atMicros: 0, micros: 1, error: 'bad\nnews' }]),
  ]
  t.match(renderTree(failing), /^a one\\u001b\[2J {2}\+0ns 1µs \* {2}ERROR bad\\nnews$/m)
  const red = renderTree(failing, { isColoured: true })
  t.ok(red.includes('*\u001b[31m  ERROR bad\\nnews\u001b[0m\n'))
})
