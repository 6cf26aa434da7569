import t from 'tap'
import { describeProblem } from '../../src/sampling/problem-list.ts'
import { readStrategies } from '../../src/sampling/read-strategies.ts'
import { sampleYaml } from './sample-strategies.ts'

const said = (text: string) => {
  const { problems } = readStrategies(text, 0.001)
  return problems.map((problem) => `${problem.severity}: ${describeProblem(problem)}`)
}

t.test('readStrategies() finds nothing wrong with the sample, as YAML and as JSON', async (t) => {
  const { strategies, problems } = readStrategies(sampleYaml, 0.001)
  t.strictSame(problems, [])
  t.equal(strategies?.byService.size, 4)
})

/** One entry of a service, on line 3. */
const inService = (members: string) =>
  `{\n"service_strategies": [\n{"service": "a", ${members}}\n]}`

/** A text, and all that is said of it. */
const documents: readonly (readonly [what: string, text: string, says: readonly string[]])[] = [
  ['an empty file', ' \n', ['error: line 1: the document cannot be read: it is empty']],
  ['a list', '[]', ['error: line 1: the document is a list, must be an object']],
  [
    'a default that is a number',
    '{\n"default_strategy": 1}',
    ['error: line 2: default_strategy is a number, must be an object'],
  ],
  [
    'services that are no list',
    '{\n\n"service_strategies": {}}',
    ['error: line 3: service_strategies is an object, must be a list'],
  ],
  [
    'a service without a name',
    '{"service_strategies": [\n{"type": "probabilistic", "param": 1}]}',
    ['error: line 2: service_strategies[0].service is missing, must be text'],
  ],
  [
    'a name that is a number, in YAML',
    'service_strategies:\n  - service: 5\n    type: probabilistic\n    param: 1\n',
    ['error: line 2: service_strategies[0].service is a number, must be text'],
  ],
  [
    'a share over 1',
    inService('"type": "probabilistic", "param": 1.5'),
    ['error: line 3: service_strategies[0].param is 1.5, must be 0 to 1'],
  ],
  [
    'a share that is text',
    inService('"type": "probabilistic", "param": "0.5"'),
    ['error: line 3: service_strategies[0].param is a string, must be a number'],
  ],
  [
    'a share that is no number, in YAML',
    'default_strategy:\n  type: probabilistic\n  param: .nan\n',
    ['error: line 3: default_strategy.param is NaN, must be 0 to 1'],
  ],
  [
    'a rate below 0',
    inService('"type": "ratelimiting", "param": -1'),
    ['error: line 3: service_strategies[0].param is -1, must be 0 to 2147483647'],
  ],
  [
    'a rate that is no whole number',
    inService('"type": "ratelimiting", "param": 2.5'),
    [
      'warning: line 3: service_strategies[0].param is 2.5, must be a whole number; it is taken as 2',
    ],
  ],
  [
    'a missing share',
    inService('"type": "probabilistic"'),
    ['warning: line 3: service_strategies[0].param is missing and taken as 0'],
  ],
  [
    'an unknown type',
    inService('"type": "const", "param": 1'),
    [
      'warning: line 3: service_strategies[0].type is "const", must be probabilistic or ratelimiting; the share is 0.001',
    ],
  ],
  [
    'an operation with a rate',
    inService(
      '"type": "probabilistic", "param": 1,\n"operation_strategies": [\n{"operation": "x", "type": "ratelimiting", "param": 1}]',
    ),
    [
      'warning: line 5: service_strategies[0].operation_strategies[0].type is ratelimiting, of operations only probabilistic counts; it is left out',
    ],
  ],
  [
    'a member that is not known',
    '{"default_strategy": {"type": "probabilistic", "param": 1,\n"parm": 2}}',
    [
      'warning: line 2: default_strategy.parm is not known, must be one of service, type, param, operation_strategies; it is passed over',
    ],
  ],
  [
    'a service that is named twice',
    '{"service_strategies": [\n{"service": "a", "type": "probabilistic", "param": 1},\n{"service": "a", "type": "probabilistic", "param": 0.5}]}',
    [
      'warning: line 3: service_strategies[1].service is "a" as in service_strategies[0], which does not count',
    ],
  ],
]

for (const [what, text, says] of documents) {
  t.test(`readStrategies() says of ${what} in which line and field it is`, async (t) => {
    t.strictSame(said(text), says)
    const isError = says.some((line) => line.startsWith('error'))
    t.equal(readStrategies(text, 0.001).strategies === undefined, isError)
  })
}

t.test('readStrategies() of a service that is named twice takes the last', async (t) => {
  const one = (param: number) => ({ service: 'a', type: 'probabilistic', param })
  const text = JSON.stringify({ service_strategies: [one(1), one(0.5)] })
  const { strategies } = readStrategies(text, 0.001)
  t.strictSame(strategies?.byService.get('a')?.service, {
    kind: 'probabilistic',
    probability: 0.5,
  })
})

t.test('readStrategies() of an operation that is listed twice takes the last', async (t) => {
  const one = (param: number) => ({ operation: 'x', type: 'probabilistic', param })
  const service = { type: 'probabilistic', param: 0, operation_strategies: [one(1), one(0.5)] }
  const { strategies, problems } = readStrategies(
    JSON.stringify({ default_strategy: service }),
    0.001,
  )
  t.match(strategies?.byDefault.operations?.listed, [{ operation: 'x', probability: 0.5 }])
  t.equal(strategies?.byDefault.operations?.listed.length, 1)
  t.match(problems, [
    { severity: 'warning', field: 'default_strategy.operation_strategies[1].operation' },
  ])
})

t.test('readStrategies() names the line in which JSON and YAML end to be any', async (t) => {
  const json = `{\n"service_strategies": [\n{"service": "a", "type": "prob`
  t.match(said(json), [/^error: line 3: the document cannot be read: /])
  t.match(said('a: 1\na: 2\n'), [/^error: line 2: the document cannot be read: /])
})

t.test(
  'readStrategies() names the line in which JSON breaks that is too long for YAML',
  async (t) => {
    const service = '{"service": "a", "type": "probabilistic", "param": 1},\n'
    const lines = 2000
    const text = (last: string) => `{"service_strategies": [\n${service.repeat(lines)}${last}`
    for (const last of ['{"service": "b", "type": "prob', '{"service": "b" 1}]}', 'b]}']) {
      const says = said(text(last))
      t.match(says, [/^error: line 2002: the document cannot be read: it is no JSON \(/], last)
    }
  },
)

t.test('readStrategies() of half of a document is an error at most places', async (t) => {
  const text = JSON.stringify({
    default_strategy: { type: 'probabilistic', param: 0.5 },
    service_strategies: [{ service: 'a', type: 'ratelimiting', param: 5 }],
  })
  for (let length = 0; length < text.length; length++) {
    t.equal(readStrategies(text.slice(0, length), 0.001).strategies, undefined, `${length}`)
  }
})

t.test('readStrategies() keeps 20 problems of a million, and the first error', async (t) => {
  const bad = (type: string) =>
    Array.from({ length: 5000 }, () => ({ service: 'a', type, param: 2 }))
  const services = [...bad('nothing'), ...bad('probabilistic')]
  const read = readStrategies(JSON.stringify({ service_strategies: services }), 0.001)
  t.equal(read.problems.length, 21)
  t.equal(read.errors, 5000)
  t.match(read.problems.at(-1), { severity: 'error', field: 'service_strategies[5000].param' })
})

t.test('readStrategies() reads no aliases that name billions of things', async (t) => {
  const lines = Array.from({ length: 12 }, (_, index) => {
    return `a${index}: &a${index} [${Array(10).fill(index === 0 ? 'x' : `*a${index - 1}`)}]`
  })
  const startMs = performance.now()
  t.match(said(lines.join('\n')), [/^error: the document cannot be read: Excessive alias count/])
  t.ok(performance.now() - startMs < 5000)
})

t.test('readStrategies() takes no bytes that are no UTF-8, and names their line', async (t) => {
  const saidOf = (bytes: Uint8Array) => {
    const { problems, strategies } = readStrategies(Buffer.from(bytes), 0.001)
    t.equal(strategies, undefined)
    return problems.map((problem) => `${problem.severity}: ${describeProblem(problem)}`)
  }
  const service = (name: string) => `{"service": "${name}", "type": "probabilistic", "param": 1},\n`
  // Letters of two, three and four bytes lie across every place where the text is cut.
  const names = Array.from({ length: 20_000 }, (_, at) => service(`ü${'€'.repeat(at % 7)}🍵${at}`))
  const good = `{"service_strategies": [\n${names.join('')}`
  const whole = `${good.slice(0, -2)}]}`
  t.equal(readStrategies(whole, 0.001).strategies?.byService.size, 20_000)
  const latin = Buffer.from(service('Zürich'), 'latin1')
  t.strictSame(saidOf(Buffer.concat([Buffer.from(good), latin, Buffer.from(service('b'))])), [
    'error: line 20002: the document cannot be read: it is no UTF-8',
  ])
  t.strictSame(saidOf(Buffer.from('{"a":\n"\xfc"}', 'latin1')), [
    'error: line 2: the document cannot be read: it is no UTF-8',
  ])
  t.strictSame(saidOf(Buffer.alloc(600_000, 0x80)), [
    'error: line 1: the document cannot be read: it is no UTF-8',
  ])
  t.strictSame(saidOf(Buffer.from('\ufeff{"default_strategy": {}}', 'utf16le')), [
    'error: line 1: the document cannot be read: it is UTF-16, must be UTF-8',
  ])
})

t.test('readStrategies() says that YAML nests too deep', async (t) => {
  for (const text of ['['.repeat(200_000), `a: ${'['.repeat(20_000)}`]) {
    t.strictSame(said(text), ['error: line 1: the document cannot be read: it nests too deep'])
  }
})
